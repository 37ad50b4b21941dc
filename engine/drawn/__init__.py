"""Numbers drawn as PyTorch draws them on a processor, without PyTorch."""
