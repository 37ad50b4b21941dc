"""What the recorder wrote of a PyTorch training, understood: a network, its loss, its optimizer."""
