"""What stands in the VPC's data tier, from which no way leads out."""

from __future__ import annotations

from generator.layer import Input, Layer
from generator.layers.network import Network
from generator.zones import in_every_zone


class DataTier(Layer):
    """A layer with something in the data tier."""

    data_subnet_a = Input(Network.data_subnet_a)
    data_subnet_b = Input(Network.data_subnet_b)
    data_subnet_c = Input(Network.data_subnet_c)

    def data_subnets(self) -> list[object]:
        """One in each zone."""
        return in_every_zone(self, self.data_subnet_a, self.data_subnet_b, self.data_subnet_c)
