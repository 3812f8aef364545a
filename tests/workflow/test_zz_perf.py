import time, pytest
from workflow_trial import *
from orderway.kernel.running import ask
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.work import CompleteWork
def test_perf(trial):
    publish(drawing(work("a","ok","back")+'<exclusiveGateway id="g" default="g.a"/>'+step("x","a")+work("b")+flows("s a g","x b e")+flow("g","x",'outcome = "ok" and total > 5')+flow("g","a")))
    ids=trials(2000,total=9)
    for part in (ids[:1000],ids[1000:]):
        t=time.process_time(); w=time.perf_counter()
        run("workflow.start",SYSTEM,[StartMap("trial_map",i) for i in part]); print("start 1000",time.process_time()-t,time.perf_counter()-w)
        items=[r.id for r in fetch("select id from work_item where state='open' and node='a'",{})]
        t=time.process_time(); w=time.perf_counter()
        run("workflow.complete",trial.manager,[CompleteWork(i,"ok") for i in items]); print("complete 1000",time.process_time()-t,time.perf_counter()-w)
    items=[r.id for r in fetch("select id from work_item where state='open' and node='b' order by id",{})]
    w=time.perf_counter();t=time.process_time()
    for i in items[:200]: run("workflow.complete",trial.manager,[CompleteWork(i)])
    print("single complete ms cpu, wall",(time.process_time()-t)*5,(time.perf_counter()-w)*5)
