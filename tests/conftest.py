"""Its presence puts this folder on the path, so that every test can import the fakes that lie here."""

from hypothesis import HealthCheck, settings

# A slow or busy machine is no finding about the code.
settings.register_profile("ttsvar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ttsvar")
