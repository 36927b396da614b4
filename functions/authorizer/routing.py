"""How API Gateway routes a request, and which requests the `*` of a policy covers. Pure.

API Gateway walks a tree of path segments: at each level it tries the literal child first, then the parameter. A slash
at the end of a request changes nothing. In a policy's Resource, `*` matches any characters, slashes too, so the pattern
of `/movies/{id}` also covers requests to `/movies/{id}/reviews`. The authorizer closes those again. The build refuses
paths for which it could not.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from collections.abc import Iterable, Iterator

type Path = tuple[str, ...]
"""The segments of a path. In a document's path, `{name}` is a parameter; in a request, a value that is no literal."""


def segments(path: str) -> Path:
    """Return the segments of a path that begins with a slash."""
    return tuple(path.removeprefix("/").split("/"))


def is_parameter(segment: str) -> bool:
    """Return whether a segment of a document's path matches any value."""
    return segment.startswith("{")


def route(request: Path, paths: Iterable[Path]) -> Path | None:
    """Return the path that a request is routed to, or None for API Gateway's own 404."""
    fitting = [
        path
        for path in paths
        if len(path) == len(request) and all(is_parameter(p) or p == r for p, r in zip(path, request, strict=True))
    ]
    return min(fitting, key=lambda path: [is_parameter(segment) for segment in path], default=None)


def reaches(pattern: Path, path: Path, paths: Iterable[Path]) -> bool:
    """Return whether one path's pattern covers a request that is routed to another path.

    `pattern` and `path` are two of `paths`, the paths of all operations with the same method.
    """
    return _reaches(pattern, path, path, paths)


def reaches_with_slash(pattern: Path, path: Path, paths: Iterable[Path]) -> bool:
    """Return whether `reaches` holds, or holds with a slash at the request's end: for a pattern, one more segment."""
    return reaches(pattern, path, paths) or _reaches(pattern, (*path, ""), path, paths)


def _reaches(pattern: Path, form: Path, path: Path, paths: Iterable[Path]) -> bool:
    requests = list(_covered(pattern, form))
    return bool(requests) and any(route(tuple(filter(None, request)), paths) == path for request in requests)


def _covered(pattern: Path, path: Path) -> Iterator[Path]:
    """Yield a request to `path` for each way in which `pattern` covers it; parameters stay free if possible."""
    if not pattern or not path:
        if not pattern and not path:
            yield ()
        return
    if is_parameter(pattern[0]):
        for taken in range(1, len(path) + 1):
            yield from ((*path[:taken], *rest) for rest in _covered(pattern[1:], path[taken:]))
    elif pattern[0] == path[0] or is_parameter(path[0]):
        yield from ((pattern[0], *rest) for rest in _covered(pattern[1:], path[1:]))
