"""`jujang status` for the eye."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

MOST_WORKERS = 20
_QUIET = "dim"


class Screen:
    """`with Screen(live=…) as screen: screen.show(summary)`; live, what is shown takes the place of what was."""

    def __init__(self, *, live: bool) -> None:
        self._console = Console()
        self._live = Live(console=self._console, auto_refresh=False, screen=False) if live else None

    def __enter__(self) -> "Screen":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def show(self, summary: Mapping[str, Any]) -> None:
        """Show a summary of `status.summarize`."""
        if self._live:
            self._live.update(render(summary), refresh=True)
        else:
            self._console.print(render(summary))


def render(summary: Mapping[str, Any]) -> Group:
    """The summary as lines and tables."""
    parts: list[Any] = [_redis(summary["redis"]), _queues(summary["queues"]), _workers(summary["workers"])]
    parts += [_jobs(summary["jobs"]), _pace(summary["rates"], summary["means"]), _stages(summary["means"])]
    parts += [_webhooks(summary["webhooks"]), _recoveries(summary["recoveries"])]
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts if part))


def _redis(redis: Mapping[str, Any]) -> Text:
    line = Text.assemble(("Redis ", "bold"), f"{redis['version']} at {redis['place']}, {redis['role']}, up {duration(redis['uptime_s'])}, ")
    used, most = redis["memory_bytes"], redis["memory_max_bytes"]
    memory = f"{size(used)} of {size(most)}" if most else f"{size(used)}, no limit"
    line.append(memory, "bold red" if most and used > 0.8 * most else "")
    if redis["replicas"]:
        line.append(f", {redis['replicas']} replicas")
    if not redis["durable"]:
        line.append("\nno append-only file: what is queued does not survive a crash of Redis (appendonly yes)", "bold red")
    return line


def _queues(queues: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("queue", "waiting", "oldest", "running")
    for queue in queues:
        old = queue["oldest_age_s"]
        age = Text(duration(old) if queue["length"] else "-", "bold red" if old > 300 else "")
        table.add_row(queue["name"], f"{queue['length']:,}", age, f"{queue['running']:,}")
    return table


def _workers(workers: Sequence[Mapping[str, Any]]) -> Any:
    if not workers:
        return Text("No worker is registered: start one (jujang worker).", "bold red")
    table = _table("worker", "queue", "state", "pid", "heard", "job")
    for worker in workers[:MOST_WORKERS]:
        table.add_row(
            worker["name"],
            ", ".join(worker["queues"]),
            worker["state"],
            str(worker["pid"]),
            f"{duration(worker['heartbeat_age_s'])} ago",
            worker["job_id"] or "-",
        )
    if len(workers) > MOST_WORKERS:
        table.caption = f"and {len(workers) - MOST_WORKERS} more"
    return table


def _jobs(jobs: Mapping[str, Any]) -> Table:
    table = _table("accepted", "succeeded", "failed", "canceled")
    failed = Text(f"{jobs['failed']:,}", "red" if jobs["failed"] else "")
    if jobs["failed"]:
        failed.append("\n" + "\n".join(f"{count:,} {reason}" for reason, count in jobs["failed_by_reason"].items()))
    table.add_row(f"{jobs['accepted']:,}", f"{jobs['succeeded']:,}", failed, f"{jobs['canceled']:,}")
    return table


def _pace(rates: Mapping[str, Any], means: Mapping[str, Any]) -> Table:
    table = _table("in /s", "out /s", "characters /s", "mean wait", "mean job")
    seconds = ("-" if value is None else duration(value) for value in (means["queue_wait_s"], means["job_s"]))
    table.add_row(f"{rates['accepted_per_s']:,.1f}", f"{rates['ended_per_s']:,.1f}", f"{rates['characters_per_s']:,.0f}", *seconds)
    return table


def _stages(means: Mapping[str, Any]) -> Any:
    stages = means["stages_s"]
    if not stages:
        return None
    return Text.assemble(("mean of stages  ", _QUIET), ", ".join(f"{stage} {duration(value)}" for stage, value in stages.items()))


def _webhooks(webhooks: Mapping[str, Any]) -> Any:
    if not webhooks["pending"]:
        return None
    late = webhooks["overdue_s"] > 60
    due = f", the first due for {duration(webhooks['overdue_s'])}: is `jujang deliver` running?" if late else ""
    return Text(f"{webhooks['pending']:,} webhooks to be told{due}", "bold red" if late else "")


def _recoveries(recoveries: Mapping[str, Any]) -> Any:
    kinds = {kind: count for kind, count in recoveries["by_kind"].items() if count}
    if not kinds:
        return Text("No fault had to be made good.", _QUIET)
    table = _table("recovered", "what", "job")
    table.caption = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    for each in recoveries["recent"]:
        table.add_row(each["at"][:19].replace("T", " "), each["kind"], each["job_id"] or "-")
    return table


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, header_style=_QUIET, pad_edge=False, padding=(0, 2, 0, 0), caption_justify="left")


def duration(seconds: float) -> str:
    """In the unit that reads best: `3.2 ms`, `12 s`, `4 min`, `3 h`, `2 d`."""
    for unit, of_s, until_s in (("ms", 0.001, 1), ("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < until_s:
            value = seconds / of_s
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def size(count: float) -> str:
    """Bytes in the binary unit that reads best: `1.5 MiB`."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
