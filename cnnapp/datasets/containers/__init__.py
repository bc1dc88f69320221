from cnnapp.datasets.containers.container import Container, Content, Entry, shown
from cnnapp.datasets.containers.opening import open_container
from cnnapp.datasets.containers.tars import Tar

__all__ = ["Container", "Content", "Entry", "Tar", "open_container", "shown"]
