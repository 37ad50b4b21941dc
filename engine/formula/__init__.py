"""What a formula is made of: expression trees, the calls that compute, places in memory."""
