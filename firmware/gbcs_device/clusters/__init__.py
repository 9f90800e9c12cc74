"""The ZCL clusters that a meter, a mirror or a hub serves to displays."""
