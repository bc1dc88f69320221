from cnnapp.datasets.containers.container import Container, Content, Entry, shown
from cnnapp.datasets.containers.opening import open_container

__all__ = ["Container", "Content", "Entry", "open_container", "shown"]
