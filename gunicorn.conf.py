"""How gunicorn serves the archive, in the demo and in the container; each names only its own address."""

wsgi_app = "imr_archive.wsgi"
worker_class = "gthread"
workers = 2
threads = 4
# one secret key for all workers, also where none is set and settings make one up
preload_app = True
control_socket_disable = True
