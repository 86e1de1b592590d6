"""What happens in the background. Hours are in UTC."""

from procrastinate.contrib.django import app

from networks.works.services.retention import forget_old


@app.periodic(cron="23 4 * * *")
@app.task(name="forget_road_requests", queueing_lock="forget_road_requests")
def forget_road_requests(timestamp: int) -> None:
    """Every night: who asked for works goes some years after they ended."""
    forget_old()
