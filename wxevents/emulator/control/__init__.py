"""The control API, by which the page and tests see the platform and steer it."""
