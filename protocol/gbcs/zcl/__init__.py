"""ZCL: data types and frames, and the clusters of ZigBee and Smart Energy."""
