"""Insights by workers behind RabbitMQ: hints are published here, taken there, and never relied upon."""

from ecg_service.adapters.celery.app import Broker
from ecg_service.adapters.celery.queue import CeleryInsightQueue, publishing
from ecg_service.adapters.celery.worker import Compute, Worker

__all__ = ["Broker", "CeleryInsightQueue", "Compute", "Worker", "publishing"]
