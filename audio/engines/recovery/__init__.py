"""Recovery of engines: probes with known answers, and restarts of engines that are wedged.

probes           one question with a known answer for each operation of an engine
restarts         how the settings have an engine restarted: by Docker, by a command, or not
containers       the calls of Docker's API
examination      probe, restart a wedged engine, follow it until it answers; one at a time per host
watch            when engines are examined: periodically, after a failure, on request
engine_report    the status board for operators and Prometheus
recovery_checks  system checks of the settings
"""
