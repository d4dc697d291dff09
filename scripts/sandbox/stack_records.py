"""What DescribeStacks and ListStacks say of a stack's place in its tree."""

from __future__ import annotations

from scripts.sandbox import seams, stack_api


def install() -> None:
    """Have descriptions of stacks carry ParentId and RootId."""
    for seam in (seams.DESCRIBE_STACKS, seams.LIST_STACKS):
        seam.replace(_with_family(seam.value))


def _with_family(handler: stack_api.Handler) -> stack_api.Handler:
    def described(params: stack_api.Request) -> stack_api.Answer:
        answer = handler(params)
        if answer[0] >= 400:
            return answer
        document = stack_api.parse(answer)
        by_id = {record["StackId"]: record for record in seams.STACKS.value.values()}
        for member in document.findall(".//{*}member"):
            record = by_id.get(member.findtext("{*}StackId", ""), {})
            for name in ("ParentId", "RootId"):
                if record.get(name):
                    member.append(stack_api.element(name, record[name]))
        return stack_api.written(answer, document)

    return described
