from . import log
