"""`python -m orderway.cli.database`: looks after the embedded server, so that a killed one is there again in a moment."""

from orderway import settings
from orderway.cluster import Cluster, watch

if __name__ == "__main__":
    watch(Cluster(settings.CLUSTER_DIR))
