"""The press web as the weekly job leaves it, with everything imported that a crawl cannot see, and measured on two days."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.store.db import open_database

NQ57 = Path(sys.executable).with_name("nq57")
IMPORTS = {
    "figures": """target_id,unit_id,period,numerator,denominator,document
training-2030,lao-cai,2026-09,8,10,12/BC-UBND
training-2030,ha-noi,2026-09,30,50,44/BC-UBND
officials-2025,bo-khcn,2026-09,1200,1200,99/BC-BKHCN
grassroots-2030,lao-cai,2026-09,700000,900000,13/BC-UBND
""",
    "tasks": """id,title,agency_id,year_from,year_to,secret
KC-1,Nghiên cứu chế tạo vật liệu bán dẫn cho cảm biến y sinh,vast,2026,2028,
KC-2,Việc mật,vast,2026,2028,x
""",
    "channels": """id,name,url,kind,audience
vtv2,Kênh 2,,truyền hình,mọi người
trang,Trang 57,https://www.facebook.com/trang57,mạng xã hội,thiếu nhi
""",
    "duties": """duty_id,unit_id,period,state,done_on,document
plan-yearly,bo-khcn,2026,xong,2025-12-10,15/KH-BKHCN
""",
}


def nq57(db: Path, *arguments: object) -> None:
    """Run the command; it has to go well."""
    done = subprocess.run([NQ57, "--db", db, *map(str, arguments)], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demo with imports, decisions of people and a measure a month earlier."""
    directory = tmp_path_factory.mktemp("figures")
    done = subprocess.run([NQ57, "demo", "--no-serve", "--quiet", "--dir", directory], capture_output=True, timeout=280)
    assert done.returncode == 0, done.stderr
    path = directory / "nq57.db"
    for kind, rows in IMPORTS.items():
        file = directory / f"{kind}.csv"
        file.write_text(rows, encoding="utf-8")
        nq57(path, "import", kind, file)
    with open_database(path) as db, db.atomic():
        for unit, state in (("da-nang", "confirmed"), ("can-tho", "rejected")):
            db.execute(
                """update evidence set state = ?, decided_by = 'person', actor = 'an', decided_at = '2026-10-30T09:00:00+07:00'
                   where unit_id = ? and target_id = 'plans-2025' and kind in ('plan', 'plan-report')""",
                [state, unit],
            )
    nq57(path, "measure", "--as-of", "2026-09-25")
    nq57(path, "measure", "--as-of", "2026-10-31")
    return path
