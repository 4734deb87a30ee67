"""TTS-VAR: a step-wise engine for test-time scaling of visual autoregressive image models."""
