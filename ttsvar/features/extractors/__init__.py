"""What candidates may be clustered on, a file each."""
