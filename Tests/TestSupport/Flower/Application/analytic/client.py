"""The stock node's part: it adds its step to every value."""

from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    step = float(context.node_config["step"])
    arrays = ArrayRecord(
        {
            name: Array((array.numpy() + step).astype(array.dtype))
            for name, array in message.content["arrays"].items()
        }
    )
    metrics = MetricRecord({"num-examples": int(context.node_config["examples"])})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)
