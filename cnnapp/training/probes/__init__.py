"""What the training worker measures before Start: how probes are carried out."""
