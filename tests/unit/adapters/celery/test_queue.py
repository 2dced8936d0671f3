from uuid import uuid4

from ecg_service.adapters.celery import Broker, publishing
from ecg_service.ports.insights import QueueStatistics
from tests.processes import free_port
from tests.rabbitmq import taken

IDS = [uuid4() for _ in range(10)]


async def test_what_was_put_is_published_in_batches_before_the_block_ends(broker: Broker) -> None:
    async with publishing(broker, capacity=100, batch=4, drain_timeout=30) as queue:
        queue.put(iter(IDS))
        assert queue.statistics() == QueueStatistics(10, 100, 0, reaches_broker=True)
    assert queue.statistics() == QueueStatistics(0, 100, 0, reaches_broker=True)
    texts = [message.body for message in taken(broker.queue, 3)]
    assert [sum(str(ecg_id) in text for ecg_id in IDS) for text in texts] == [4, 4, 2]


async def test_what_does_not_fit_and_what_is_not_published_is_counted() -> None:
    nobody = Broker(f"amqp://127.0.0.1:{free_port()}", "test.none")
    async with publishing(nobody, capacity=7, batch=4, drain_timeout=30) as queue:
        queue.put(IDS)
        assert queue.statistics() == QueueStatistics(7, 7, 3, reaches_broker=True)
    assert queue.statistics() == QueueStatistics(0, 7, 10, reaches_broker=False)
    queue.put(IDS)
    assert queue.statistics().dropped == 20
