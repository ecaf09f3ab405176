"""Does an engine still answer rightly, and if not, who restarts it?

probes      one question with a known answer for each thing an engine does
restarts    a container of Docker's, a command, or nobody
containers  the calls of Docker's API
examining   probe, restart what is wedged, follow it until it answers: once at a time on a host
watch       when that happens: every few minutes, after an engine's 500, when somebody asks
reporting   what operators and Prometheus are told
checks      settings that would keep all this from working
"""
