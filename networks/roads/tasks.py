"""What happens in the background."""

from networks.roads import asset_tasks as asset_tasks
