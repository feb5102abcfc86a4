"""What a site that is no SecondLook says: nothing is trained by downloaded code."""

from flwr.app import Context, Error, Message
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    reason = "Sites of this federation train in SecondLook, not in this application."
    return Message(Error(code=1000, reason=reason), reply_to=message)
