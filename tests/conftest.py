"""Settings of every test; the fakes and cases that tests share lie in tests/support."""

from hypothesis import HealthCheck, settings

# A slow or busy machine is no finding about the code.
settings.register_profile("ttsvar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ttsvar")
