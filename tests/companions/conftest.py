from tests.store.conftest import redis_server, stores

__all__ = ["redis_server", "stores"]
