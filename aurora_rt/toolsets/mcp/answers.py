"""What a tool of a server answered, as text."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic_core import to_json

if TYPE_CHECKING:
    from mcp.types import CallToolResult, ContentBlock


def text_of(result: "CallToolResult") -> str:
    """All that it holds: texts as they are, what is none by its kind and size."""
    text = "\n".join(_texts(result.content))
    if not text and result.structured_content is not None:
        return to_json(result.structured_content, indent=1).decode()
    return text or "The tool answered with nothing."


def _texts(content: "list[ContentBlock]") -> Iterator[str]:
    for block in content:
        match block.type:
            case "text":
                yield block.text
            case "image" | "audio":
                yield f"[{block.type}: {block.mime_type}, {len(block.data) * 3 // 4} bytes]"
            case "resource_link":
                yield f"[resource: {block.name}, {block.uri}]"
            case "resource":
                text = getattr(block.resource, "text", None)
                yield text if isinstance(text, str) else f"[resource: {block.resource.uri}]"
