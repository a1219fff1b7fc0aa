"""Two requests of Kafka's protocol that aiokafka's administrator has no method for."""

from collections.abc import Sequence

from aiokafka.protocol.admin import CreateAclsRequest_v1
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from deploy.security.rights import GROUP, READ, TOPIC, WRITE, Right

KINDS = {TOPIC: 2, GROUP: 3}
OPERATIONS = {READ: 3, WRITE: 4}
LITERAL, ALLOW, SCRAM_SHA_512 = 3, 3, 2
ANYWHERE = "*"


class CreateAcls(Request[CreateAclsRequest_v1]):  # type: ignore[misc]
    """All of them at once; what is there already is made again without harm."""

    API_KEY = 30

    def __init__(self, wanted: Sequence[Right]) -> None:
        self._wanted = [
            (KINDS[each.kind], each.name, LITERAL, f"User:{each.principal}", ANYWHERE,
             OPERATIONS[each.operation], ALLOW)
            for each in wanted
        ]  # fmt: skip

    def build(self, request_struct_class: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return request_struct_class(self._wanted)


class AlterUserScramCredentialsResponse_v0(Response):  # type: ignore[misc]  # noqa: N801 - as aiokafka names them
    API_KEY, API_VERSION = 51, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("results", CompactArray(
            ("user", CompactString()), ("error_code", Int16), ("error_message", CompactString()),
            ("tags", TaggedFields),
        )),
        ("tags", TaggedFields),
    )  # fmt: skip


class AlterUserScramCredentialsRequest_v0(RequestStruct):  # type: ignore[misc]  # noqa: N801
    FLEXIBLE_VERSION = True
    API_KEY, API_VERSION = 51, 0
    RESPONSE_TYPE = AlterUserScramCredentialsResponse_v0
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", CompactString()), ("mechanism", Int8), ("tags", TaggedFields))),
        ("upsertions", CompactArray(
            ("name", CompactString()), ("mechanism", Int8), ("iterations", Int32), ("salt", CompactBytes),
            ("salted_password", CompactBytes), ("tags", TaggedFields),
        )),
        ("tags", TaggedFields),
    )  # fmt: skip


class AlterUserScramCredentials(Request[AlterUserScramCredentialsRequest_v0]):  # type: ignore[misc]
    """Each is a name, iterations, salt and the salted password (SHA-512), and takes the place of a former."""

    API_KEY = 51

    def __init__(self, wanted: Sequence[tuple[str, int, bytes, bytes]]) -> None:
        self._wanted = [(name, SCRAM_SHA_512, *parts, {}) for name, *parts in wanted]

    def build(
        self, request_struct_class: type[AlterUserScramCredentialsRequest_v0]
    ) -> AlterUserScramCredentialsRequest_v0:
        return request_struct_class([], self._wanted, {})
