"""The streaming protocols of the providers, as they put them on the wire: reading a request, writing its answer.

Each tongue is a class whose object writes one answer. A frame that is wrong here makes the real SDKs fail in
test_wire_tongues.py, which asks each of them.
"""

import binascii
import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import unquote

from script import Asked, Reason

MADE_AT = 1_764_000_000


def dumped(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def event(data: object, name: str = "") -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data if isinstance(data, str) else dumped(data)}\n\n".encode()


def pieces(text: str, length: int = 12) -> Iterator[str]:
    """Arguments come in pieces, as models write them."""
    for start in range(0, len(text), length):
        yield text[start : start + length]


def _texts(content: object) -> str:
    """The text of a message's content, in whatever form it comes."""
    match content:
        case str():
            return content
        case list():
            return "".join(_texts(one) for one in content)
        case {"text": str(text)}:
            return text
        case {"json": thing}:
            return dumped(thing)
        case {"content": inner}:
            return _texts(inner)
    return ""


class Tongue:
    """Writes one answer. `path` is what comes after the provider's address; `{model}` where it names the model."""

    name: ClassVar[str]
    path: ClassVar[str]
    content_type: ClassVar[str] = "text/event-stream; charset=utf-8"
    address: ClassVar[str] = ""
    """What an SDK's base URL has after the provider's prefix."""
    reasons: ClassVar[Mapping[Reason, str]]

    def __init__(self, model: str, prompt_tokens: int) -> None:
        self.model = model
        self.prompt_tokens = prompt_tokens
        self.blocks = 0

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        raise NotImplementedError

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        raise NotImplementedError

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        raise NotImplementedError

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        raise NotImplementedError

    def start(self) -> list[bytes]:
        return []

    def say(self, token: str) -> list[bytes]:
        raise NotImplementedError

    def think(self, token: str) -> list[bytes]:  # noqa: ARG002 not every protocol has thoughts
        return []

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        raise NotImplementedError

    def breaks(self, message: str) -> list[bytes]:
        raise NotImplementedError

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        raise NotImplementedError

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The body and the headers of a refusal."""
        raise NotImplementedError

    @staticmethod
    def too_long(tokens: int, window: int) -> str:
        raise NotImplementedError


class Chat(Tongue):
    """OpenAI's chat completions; what OpenRouter, Ollama, vLLM and most others speak."""

    name = "openai"
    path = "/v1/chat/completions"
    address = "/v1"
    reasons: ClassVar = {
        "stop": "stop",
        "tools": "tool_calls",
        "length": "length",
        "refused": "content_filter",
    }

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        return body.get("max_completion_tokens") or body.get("max_tokens")

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        return [one["function"]["name"] for one in body.get("tools") or []]

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (one["tool_call_id"], _texts(one["content"])) for one in body["messages"] if one["role"] == "tool"
        ]

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        return [_texts(one.get("content")) for one in body["messages"] if one["role"] == "assistant"]

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(self.whole(choices=[choice]))

    def whole(self, **more: Any) -> dict[str, Any]:
        return {
            "id": "chatcmpl-loopback",
            "object": "chat.completion.chunk",
            "created": MADE_AT,
            "model": self.model,
            "system_fingerprint": "fp_loopback",
            **more,
        }

    def start(self) -> list[bytes]:
        return [self.chunk({"role": "assistant", "content": ""})]

    def say(self, token: str) -> list[bytes]:
        return [self.chunk({"content": token})]

    def think(self, token: str) -> list[bytes]:
        return [self.chunk({"reasoning": token})]

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        index, self.blocks = self.blocks, self.blocks + 1
        head = {
            "index": index,
            "id": call_id,
            "type": "function",
            "function": {"name": tool, "arguments": ""},
        }
        rest = ({"index": index, "function": {"arguments": piece}} for piece in pieces(arguments))
        return [self.chunk({"tool_calls": [one]}) for one in (head, *rest)]

    def breaks(self, message: str) -> list[bytes]:
        return [event({"error": {"message": message, "type": "server_error", "param": None, "code": None}})]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        frames = [self.chunk({}, self.reasons[reason])]
        if counted:
            frames.append(event(self.whole(choices=[], usage=self.usage(tokens))))
        return [*frames, event("[DONE]")]

    def usage(self, tokens: int) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": self.prompt_tokens + tokens,
        }

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        kinds = {
            400: ("invalid_request_error", "context_length_exceeded"),
            401: ("invalid_request_error", "invalid_api_key"),
            429: ("requests", "rate_limit_exceeded"),
        }
        kind, code = kinds.get(status, ("server_error", None))
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}, {}

    @staticmethod
    def too_long(tokens: int, window: int) -> str:
        return (
            f"This model's maximum context length is {window} tokens. However, you requested {tokens} tokens. "
            "Please reduce the length of the messages or completion."
        )


class OpenRouter(Chat):
    """OpenRouter's address; it says which provider answered, and keeps the line open with comments."""

    name = "openrouter"
    path = "/api/v1/chat/completions"
    address = "/api/v1"

    def start(self) -> list[bytes]:
        return [b": OPENROUTER PROCESSING\n\n", *super().start()]

    def whole(self, **more: Any) -> dict[str, Any]:
        body = super().whole(provider="Loopback", **more)
        for choice in body.get("choices", []):
            choice["native_finish_reason"] = choice["finish_reason"]
        return body

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        return {"error": {"message": message, "code": status}, "user_id": "user_loopback"}, {}


class Ollama(Chat):
    """Ollama's OpenAI path."""

    name = "ollama"


class Mistral(Chat):
    """Mistral's chat completions: nearly OpenAI's; a call comes whole, usage with the last chunk."""

    name = "mistral"
    address = ""
    reasons: ClassVar = {"stop": "stop", "tools": "tool_calls", "length": "length", "refused": "error"}

    def think(self, token: str) -> list[bytes]:
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": token}]}]
        return [self.chunk({"content": content})]

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        index, self.blocks = self.blocks, self.blocks + 1
        whole = {"id": call_id, "index": index, "function": {"name": tool, "arguments": arguments}}
        return [self.chunk({"content": "", "tool_calls": [whole]})]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": self.reasons[reason]}
        usage = {"usage": self.usage(tokens)} if counted else {}
        return [event(self.whole(choices=[choice], **usage)), event("[DONE]")]

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        kinds = {400: ("invalid_request_prompt", "3051"), 429: ("rate_limited", "1300")}
        kind, code = kinds.get(status, ("service_unavailable", "3700"))
        return {"object": "error", "message": message, "type": kind, "param": None, "code": code}, {}

    @staticmethod
    def too_long(tokens: int, window: int) -> str:
        return f"Prompt contains {tokens} tokens, too large for model with {window} maximum context length"


class Responses(Tongue):
    """OpenAI's responses."""

    name = "responses"
    path = "/v1/responses"
    address = "/v1"
    reasons: ClassVar = {"length": "max_output_tokens", "refused": "content_filter"}

    def __init__(self, model: str, prompt_tokens: int) -> None:
        super().__init__(model, prompt_tokens)
        self.number = 0
        self.output: list[dict[str, Any]] = []
        self.open: str | None = None
        """The text of the message that is being written."""

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        return body.get("max_output_tokens")

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        return [one["name"] for one in body.get("tools") or [] if one["type"] == "function"]

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (one["call_id"], _texts(one["output"]))
            for one in body["input"]
            if one.get("type") == "function_call_output"
        ]

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        return [_texts(one["content"]) for one in body["input"] if one.get("role") == "assistant"]

    def emit(self, kind: str, **more: Any) -> bytes:
        number, self.number = self.number, self.number + 1
        return event({"type": kind, "sequence_number": number, **more}, kind)

    def response(self, status: str, **more: Any) -> dict[str, Any]:
        return {
            "id": "resp_loopback",
            "object": "response",
            "created_at": MADE_AT,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "model": self.model,
            "output": self.output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": None,
            **more,
        }

    def start(self) -> list[bytes]:
        going = self.response("in_progress")
        return [
            self.emit("response.created", response=going),
            self.emit("response.in_progress", response=going),
        ]

    def message(self, text: str, status: str) -> dict[str, Any]:
        content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}] if text else []
        return {
            "id": f"msg_{len(self.output)}",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    def say(self, token: str) -> list[bytes]:
        at = {"item_id": f"msg_{len(self.output)}", "output_index": len(self.output), "content_index": 0}
        frames = []
        if self.open is None:
            self.open = ""
            part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            frames = [
                self.emit(
                    "response.output_item.added",
                    output_index=len(self.output),
                    item=self.message("", "in_progress"),
                ),
                self.emit("response.content_part.added", **at, part=part),
            ]
        self.open += token
        return [*frames, self.emit("response.output_text.delta", **at, delta=token, logprobs=[])]

    def close(self) -> list[bytes]:
        if self.open is None:
            return []
        at = {"item_id": f"msg_{len(self.output)}", "output_index": len(self.output), "content_index": 0}
        item = self.message(self.open, "completed")
        frames = [
            self.emit("response.output_text.done", **at, text=self.open, logprobs=[]),
            self.emit("response.content_part.done", **at, part=item["content"][0]),
            self.emit("response.output_item.done", output_index=len(self.output), item=item),
        ]
        self.output.append(item)
        self.open = None
        return frames

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        frames, index = self.close(), len(self.output)
        item = {
            "id": f"fc_{index}",
            "type": "function_call",
            "status": "in_progress",
            "call_id": call_id,
            "name": tool,
            "arguments": "",
        }
        at = {"item_id": item["id"], "output_index": index}
        frames.append(self.emit("response.output_item.added", output_index=index, item=item))
        frames += [
            self.emit("response.function_call_arguments.delta", **at, delta=piece)
            for piece in pieces(arguments)
        ]
        done = item | {"status": "completed", "arguments": arguments}
        frames += [
            self.emit("response.function_call_arguments.done", **at, name=tool, arguments=arguments),
            self.emit("response.output_item.done", output_index=index, item=done),
        ]
        self.output.append(done)
        return frames

    def breaks(self, message: str) -> list[bytes]:
        error = {"code": "server_error", "message": message}
        return [self.emit("response.failed", response=self.response("failed", error=error))]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        frames = self.close()
        usage = {
            "input_tokens": self.prompt_tokens,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.prompt_tokens + tokens,
        }
        more = {"usage": usage} if counted else {}
        if why := self.reasons.get(reason):
            body = self.response("incomplete", incomplete_details={"reason": why}, **more)
            return [*frames, self.emit("response.incomplete", response=body)]
        return [*frames, self.emit("response.completed", response=self.response("completed", **more))]

    error = staticmethod(Chat.error)
    too_long = staticmethod(Chat.too_long)


class Anthropic(Tongue):
    """Anthropic's messages."""

    name = "anthropic"
    path = "/v1/messages"
    reasons: ClassVar = {
        "stop": "end_turn",
        "tools": "tool_use",
        "length": "max_tokens",
        "refused": "refusal",
    }

    def __init__(self, model: str, prompt_tokens: int) -> None:
        super().__init__(model, prompt_tokens)
        self.open: str | None = None

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        return body.get("max_tokens")

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        return [one["name"] for one in body.get("tools") or []]

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (part["tool_use_id"], _texts(part.get("content")))
            for one in body["messages"]
            if isinstance(one["content"], list)
            for part in one["content"]
            if part["type"] == "tool_result"
        ]

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        return [_texts(one["content"]) for one in body["messages"] if one["role"] == "assistant"]

    def start(self) -> list[bytes]:
        usage = {
            "input_tokens": self.prompt_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": 1,
            "service_tier": "standard",
        }
        message = {
            "id": "msg_loopback",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return [
            event({"type": "message_start", "message": message}, "message_start"),
            event({"type": "ping"}, "ping"),
        ]

    def block(self, kind: str, block: dict[str, Any]) -> list[bytes]:
        if self.open == kind:
            return []
        frames = self.close()
        self.open = kind
        begin = {"type": "content_block_start", "index": self.blocks, "content_block": block}
        return [*frames, event(begin, "content_block_start")]

    def delta(self, delta: dict[str, Any]) -> bytes:
        return event(
            {"type": "content_block_delta", "index": self.blocks, "delta": delta}, "content_block_delta"
        )

    def close(self) -> list[bytes]:
        if self.open is None:
            return []
        frames = (
            [self.delta({"type": "signature_delta", "signature": "c2ln"})] if self.open == "think" else []
        )
        frames.append(event({"type": "content_block_stop", "index": self.blocks}, "content_block_stop"))
        self.open, self.blocks = None, self.blocks + 1
        return frames

    def say(self, token: str) -> list[bytes]:
        return [
            *self.block("text", {"type": "text", "text": ""}),
            self.delta({"type": "text_delta", "text": token}),
        ]

    def think(self, token: str) -> list[bytes]:
        begin = {"type": "thinking", "thinking": "", "signature": ""}
        return [*self.block("think", begin), self.delta({"type": "thinking_delta", "thinking": token})]

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        frames = self.block(f"call {call_id}", {"type": "tool_use", "id": call_id, "name": tool, "input": {}})
        frames += [
            self.delta({"type": "input_json_delta", "partial_json": piece})
            for piece in ("", *pieces(arguments))
        ]
        return [*frames, *self.close()]

    def breaks(self, message: str) -> list[bytes]:
        return [event({"type": "error", "error": {"type": "overloaded_error", "message": message}}, "error")]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        delta = {"stop_reason": self.reasons[reason], "stop_sequence": None}
        last: dict[str, Any] = {
            "type": "message_delta",
            "delta": delta,
            "usage": {"output_tokens": tokens if counted else 0},
        }
        return [*self.close(), event(last, "message_delta"), event({"type": "message_stop"}, "message_stop")]

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        kinds = {
            400: "invalid_request_error",
            401: "authentication_error",
            429: "rate_limit_error",
            529: "overloaded_error",
        }
        error = {"type": kinds.get(status, "api_error"), "message": message}
        return {"type": "error", "error": error, "request_id": "req_loopback"}, {"request-id": "req_loopback"}

    @staticmethod
    def too_long(tokens: int, window: int) -> str:
        return f"prompt is too long: {tokens} tokens > {window} maximum"


class Google(Tongue):
    """Gemini's streamGenerateContent."""

    name = "google"
    path = "/v1beta/models/{model}:streamGenerateContent"
    content_type = "text/event-stream"
    reasons: ClassVar = {"stop": "STOP", "tools": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        return body.get("generationConfig", {}).get("maxOutputTokens")

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        return [
            one["name"] for tool in body.get("tools") or [] for one in tool.get("functionDeclarations") or []
        ]

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        found = [
            part["functionResponse"]
            for one in body["contents"]
            for part in one["parts"]
            if "functionResponse" in part
        ]
        return [(one.get("id") or one["name"], dumped(one["response"])) for one in found]

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        return [_texts(one["parts"]) for one in body["contents"] if one["role"] == "model"]

    def chunk(self, parts: list[dict[str, Any]], **candidate: Any) -> bytes:
        content = {"parts": parts, "role": "model"}
        body = {"candidates": [{"content": content, "index": 0, **candidate}], "modelVersion": self.model,
                "responseId": "loopback"}  # fmt: skip
        return event(body)

    def say(self, token: str) -> list[bytes]:
        return [self.chunk([{"text": token}])]

    def think(self, token: str) -> list[bytes]:
        return [self.chunk([{"text": token, "thought": True}])]

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        # Gemini sends arguments as an object: what is no JSON can only come as something that is no object of ours
        try:
            args = json.loads(arguments)
        except ValueError:
            args = {"": arguments}
        return [
            self.chunk(
                [{"functionCall": {"name": tool, "args": args, "id": call_id}, "thoughtSignature": "c2ln"}]
            )
        ]

    def breaks(self, message: str) -> list[bytes]:
        return [event(self.error(503, message)[0])]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        body: dict[str, Any] = {
            "candidates": [
                {
                    "content": {"parts": [{"text": ""}], "role": "model"},
                    "finishReason": self.reasons[reason],
                    "index": 0,
                }
            ],
            "modelVersion": self.model,
            "responseId": "loopback",
        }
        if counted:
            body["usageMetadata"] = {
                "promptTokenCount": self.prompt_tokens,
                "candidatesTokenCount": tokens,
                "totalTokenCount": self.prompt_tokens + tokens,
            }
        return [event(body)]

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        names = {
            400: "INVALID_ARGUMENT",
            401: "UNAUTHENTICATED",
            429: "RESOURCE_EXHAUSTED",
            500: "INTERNAL",
            503: "UNAVAILABLE",
        }
        return {"error": {"code": status, "message": message, "status": names.get(status, "UNAVAILABLE")}}, {}

    @staticmethod
    def too_long(tokens: int, window: int) -> str:
        return f"The input token count ({tokens}) exceeds the maximum number of tokens allowed ({window})."


class Bedrock(Tongue):
    """ConverseStream of AWS Bedrock: binary frames, each with two checksums."""

    name = "bedrock"
    path = "/model/{model}/converse-stream"
    content_type = "application/vnd.amazon.eventstream"
    reasons: ClassVar = {
        "stop": "end_turn",
        "tools": "tool_use",
        "length": "max_tokens",
        "refused": "guardrail_intervened",
    }

    def __init__(self, model: str, prompt_tokens: int) -> None:
        super().__init__(model, prompt_tokens)
        self.open: str | None = None

    @staticmethod
    def limit(body: dict[str, Any]) -> int | None:
        return body.get("inferenceConfig", {}).get("maxTokens")

    @staticmethod
    def tools(body: dict[str, Any]) -> list[str]:
        return [
            one["toolSpec"]["name"]
            for one in body.get("toolConfig", {}).get("tools", [])
            if "toolSpec" in one
        ]

    @staticmethod
    def results(body: dict[str, Any]) -> list[tuple[str, str]]:
        found = [
            part["toolResult"] for one in body["messages"] for part in one["content"] if "toolResult" in part
        ]
        return [(one["toolUseId"], _texts(one["content"])) for one in found]

    @staticmethod
    def said(body: dict[str, Any]) -> list[str]:
        return [_texts(one["content"]) for one in body["messages"] if one["role"] == "assistant"]

    def frame(self, kind: str, body: dict[str, Any]) -> bytes:
        return aws_frame(
            {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}, body
        )

    def start(self) -> list[bytes]:
        return [self.frame("messageStart", {"role": "assistant"})]

    def delta(self, delta: dict[str, Any]) -> bytes:
        return self.frame("contentBlockDelta", {"contentBlockIndex": self.blocks, "delta": delta})

    def block(self, kind: str) -> list[bytes]:
        frames = self.close() if self.open not in (None, kind) else []
        self.open = kind
        return frames

    def close(self) -> list[bytes]:
        if self.open is None:
            return []
        index, self.blocks, self.open = self.blocks, self.blocks + 1, None
        return [self.frame("contentBlockStop", {"contentBlockIndex": index})]

    def say(self, token: str) -> list[bytes]:
        return [*self.block("text"), self.delta({"text": token})]

    def think(self, token: str) -> list[bytes]:
        return [*self.block("think"), self.delta({"reasoningContent": {"text": token}})]

    def call(self, call_id: str, tool: str, arguments: str) -> list[bytes]:
        frames = self.block(f"call {call_id}")
        begin = {
            "contentBlockIndex": self.blocks,
            "start": {"toolUse": {"toolUseId": call_id, "name": tool}},
        }
        frames.append(self.frame("contentBlockStart", begin))
        frames += [self.delta({"toolUse": {"input": piece}}) for piece in pieces(arguments)]
        return [*frames, *self.close()]

    def breaks(self, message: str) -> list[bytes]:
        headers = {":exception-type": "serviceUnavailableException", ":content-type": "application/json",
                   ":message-type": "exception"}  # fmt: skip
        return [aws_frame(headers, {"message": message})]

    def end(self, reason: Reason, tokens: int, *, counted: bool) -> list[bytes]:
        frames = [*self.close(), self.frame("messageStop", {"stopReason": self.reasons[reason]})]
        if counted:
            usage = {
                "inputTokens": self.prompt_tokens,
                "outputTokens": tokens,
                "totalTokens": self.prompt_tokens + tokens,
            }
            frames.append(self.frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
        return frames

    @staticmethod
    def error(status: int, message: str) -> tuple[dict[str, Any], dict[str, str]]:
        names = {400: "ValidationException", 401: "UnrecognizedClientException", 429: "ThrottlingException",
                 500: "InternalServerException", 503: "ServiceUnavailableException"}  # fmt: skip
        return {"message": message}, {"x-amzn-ErrorType": names.get(status, "ServiceUnavailableException")}

    @staticmethod
    def too_long(tokens: int, window: int) -> str:  # noqa: ARG004 it does not say by how much
        return "Input is too long for requested model."


def aws_frame(headers: Mapping[str, str], body: dict[str, Any]) -> bytes:
    """A frame of application/vnd.amazon.eventstream."""
    payload = dumped(body).encode()
    packed = b"".join(
        struct.pack("!B", len(name))
        + name.encode()
        + b"\x07"
        + struct.pack("!H", len(value))
        + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(packed) + len(payload), len(packed))
    message = prelude + struct.pack("!I", binascii.crc32(prelude)) + packed + payload
    return message + struct.pack("!I", binascii.crc32(message))


TONGUES: tuple[type[Tongue], ...] = (Chat, Responses, OpenRouter, Ollama, Anthropic, Google, Mistral, Bedrock)


def asked(
    tongue: type[Tongue],
    *,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    raw: bytes,
    model: str,
) -> Asked:
    """A request, read."""
    body = json.loads(raw)
    return Asked(
        protocol=tongue.name,
        path=path,
        query=query,
        headers=headers,
        raw=raw,
        body=body,
        model=unquote(model) or body["model"],
        streaming=bool(model) or bool(body.get("stream")),
        limit=tongue.limit(body),
        tools=tuple(tongue.tools(body)),
        results=tuple(tongue.results(body)),
        said=tuple(text for text in tongue.said(body) if text),
        tokens=len(raw) // 4,
    )
