"""An Airflow DAG that makes one service's report every Monday, by the notebook itself."""

from __future__ import annotations

import datetime as dt

from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.sdk import DAG

with DAG(
    "maintenance_plan",
    schedule="0 5 * * MON",
    start_date=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    catchup=False,
):
    PapermillOperator(
        task_id="directory",
        input_nb="/opt/plans/maintenance_plan.ipynb",
        output_nb="/opt/plans/out/directory-{{ ds }}.ipynb",
        parameters={"plan": "/opt/plans/directory/plan.yaml"},
        kernel_name="python3",
    )
