"""One whole order in EDIFACT and one in X12, and how the readers read them."""

from orderway.capture.drafts import Reading
from orderway.capture.readers import edifact, x12

ORDERS = """UNA:+.? '
UNB+UNOC:3+4012345000009:14+4399901000007:14+260102:0815+77'
UNG+ORDERS+A+B+260102:0815+5+UN+D:96A'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+4711+9'
DTM+137:20260102:102'
DTM+2:202601201000:203'
FTX+DEL+++Hof 2, Tor ?'B?''
RFF+CR:K-9'
NAD+BY+4012345000009::9++Druck & Papier:GmbH+Gasse 1+Graz+ST+8010+AT'
RFF+VA:ATU12345678'
CTA+OC+:Huber'
COM+?+43 316 1:TE'
NAD+SU+77::92'
NAD+DP+++Lager+Ring 9+Wien++1010+AT'
CUX+2:EUR:9'
LIN+1++4006381333931:EN'
PIA+1+SA-1:SA+B-1:IN'
IMD+F++:::Umschlag C5:weiß'
QTY+21:1500:PCE'
DTM+2:20260118:102'
MOA+203:37.50'
PRI+AAA:2.50::NTP:100:PCE'
RFF+CT:99'
DTM+171:20250101:102'
ALC+A'
MOA+8:1.00'
LIN+2'
PIA+5+B-2:BP'
QTY+21:-2:PCE'
ALC+C'
MOA+203:9.99'
UNS+S'
MOA+79:37.50'
MOA+86:45.00'
CNT+2:2'
UNT+34+1'
UNE+1+5'
UNZ+1+77'
"""
BODY = ORDERS[ORDERS.index("BGM+") : ORDERS.index("UNT+")]
ISA = "ISA*00*          *00*          *01*123456789      *ZZ*SHOP           *260102*0815*U*00401*000000077*0*P*>~"
PURCHASE = (
    ISA
    + """
GS*PO*A*B*20260102*0815*5*X*004010~
ST*850*0001~
BEG*00*SA*4711*12*20260102~
CUR*BY*USD~
REF*CO*K-9~
DTM*002*20260120~
N1*BY*Print Co*91*C-77~
N3*1 Main St*Suite 2~
N4*Austin*TX*78701*US~
PER*BD*Joe*TE*512 1*EM*joe@example.com~
PO1*1*1500*EA*250*HP*VN*SA-1*BP*B-1*UP*012345678905~
PID*F****Envelope C5~
DTM*002*20260118~
AMT*1*3750~
PO1*2*2.5*LB***BP*B-2~
N9*ZZ*1~
DTM*002*20300101~
CTT*2*1502.5~
AMT*TT*4000~
SE*19*0001~
GE*1*5~
IEA*1*000000077~
"""
)


def orders(text: str = ORDERS, encoding: str = "latin-1") -> Reading:
    return edifact.read(text.encode(encoding))


def purchase(text: str = PURCHASE) -> Reading:
    return x12.read(text.encode())
