"""What every test may use."""

from hypothesis import HealthCheck, settings

# The same examples each time, and no judgement by the clock: chance and a loaded machine turn no test red.
settings.register_profile(
    "here", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("here")

pytest_plugins = ["databases", "simulated"]
