# Programs that the system tests drive; `make check` builds them and runs none.
