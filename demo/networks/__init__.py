"""The demo's water and sewer networks: they follow its roads, from source to tap and from sink to plant."""

from demo.networks.load import seed_networks
