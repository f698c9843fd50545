"""How gunicorn serves the archive, in the demo and in the container; the demo names its own address."""

import os

wsgi_app = "imr_archive.wsgi"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "imr_archive.web.serving.PatientWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# As many connections to PostgreSQL does each worker process hold at most (settings.DATABASE_OPTIONS).
threads = 16
# one secret key for all workers, also where none is set and settings make one up
preload_app = True
control_socket_disable = True
# The heartbeat of the workers; a read-only container has no other folder in memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - a configuration file
# Requests that are being answered at SIGTERM get so long, within the ten seconds of a container's stop.
graceful_timeout = 8
# Questions may be long; the most that gunicorn allows.
limit_request_line = 8190
# Without the query string: what readers search for is not logged.
access_log_format = '%(h)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms'
