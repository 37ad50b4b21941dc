"""What can be asked of a history: conditions, searches, comparisons, what-if."""
