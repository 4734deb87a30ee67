"""The typed model of what is shown: frames, pictures, sentences."""
