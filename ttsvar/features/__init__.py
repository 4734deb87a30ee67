"""Images to features, and features to what is clustered and shown."""
