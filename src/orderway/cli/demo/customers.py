"""Who buys from the demo company: offices, schools, agencies, shops, works and guest houses, most of them near the Main."""

from dataclasses import dataclass
from decimal import Decimal as D

from orderway.parties.commands import TakeOn

from .company import gln

COUNTER = "10043"  # who buys at the trade counter without an account
WALK_IN = ("COUNTER", "walk-in")  # the sign by which the counter finds them


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with its habits.

    `buys` names a shelf of `baskets.py`, `prepay` is a percentage, `often` the share of orders, `pays` prompt, slow or never.
    """

    number: str
    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    buys: str
    group: str
    days: int
    limit: int | None
    prepay: int
    often: int
    mail: str
    pays: str = "prompt"

    def terms(self, serial: int) -> TakeOn:
        """The customer as it is taken on; `serial` makes its location number."""
        return TakeOn(
            name=self.name,
            country=self.country,
            number=self.number,
            email=self.mail,
            street=self.street,
            postcode=self.postcode,
            city=self.city,
            language="de" if self.country in ("DE", "AT", "CH") else "en",
            vat_id=self.vat_id,
            price_group=self.group,
            payment_days=self.days,
            prepay_percent=D(self.prepay),
            credit_limit=None if self.limit is None else D(self.limit),
            keys=(("GLN", gln(serial)), *([WALK_IN] if self.number == COUNTER else [])),
        )


# fmt: off
CUSTOMERS = (
    Customer("10001", "Brauhaus Hallerndorf GmbH & Co. KG", "Kellerberg 12", "91352", "Hallerndorf", "DE",
             "DE226018159", "industry", "contract", 14, 15000, 0, 5, "einkauf@brauhaus-hallerndorf.example"),
    Customer("10002", "Kanzlei Bergmann Roth", "Luitpoldstraße 31", "96052", "Bamberg", "DE",
             "DE153799075", "office", "list", 14, 3000, 0, 5, "sekretariat@bergmann-roth.example"),
    Customer("10003", "Metallbau Grieshaber GmbH & Co. KG", "Industriestraße 8", "96215", "Lichtenfels", "DE",
             "DE143483954", "industry", "contract", 14, 12000, 0, 5, "bestellung@grieshaber-metall.example"),
    Customer("10004", "Messebau Ostwald GmbH", "Hafenstraße 40", "90451", "Nürnberg", "DE",
             "DE140187801", "agency", "list", 14, 10000, 0, 4, "projekte@messebau-ostwald.example", "slow"),
    Customer("10005", "Nordlicht Event GmbH", "Speicherkai 5", "20457", "Hamburg", "DE",
             "DE114193141", "agency", "list", 14, 8000, 30, 3, "produktion@nordlicht-event.example"),
    Customer("10006", "Verlag Hofmann & Lang", "Obere Königstraße 17", "96052", "Bamberg", "DE",
             "DE160443198", "publisher", "contract", 21, 25000, 0, 5, "herstellung@hofmann-lang.example"),
    Customer("10007", "Stadtverwaltung Weismain", "Kirchplatz 7", "96260", "Weismain", "DE",
             "DE181741433", "public", "public", 30, None, 0, 5, "beschaffung@stadt-weismain.example"),
    Customer("10008", "Landratsamt Jurahöhe", "Kulmbacher Straße 44", "96215", "Lichtenfels", "DE",
             "DE217047187", "public", "public", 30, None, 0, 4, "zentraler-einkauf@lra-jurahoehe.example"),
    Customer("10009", "Grundschule Burgkunstadt", "Schulweg 3", "96224", "Burgkunstadt", "DE",
             "", "public", "public", 30, 2500, 0, 3, "sekretariat@gs-burgkunstadt.example"),
    Customer("10010", "Gymnasium am Mainbogen", "Alte Coburger Straße 2", "96215", "Lichtenfels", "DE",
             "", "public", "public", 30, 4000, 0, 3, "verwaltung@gym-mainbogen.example"),
    Customer("10011", "Klinikum Obermain gGmbH", "Prof.-Arneth-Straße 2", "96317", "Kronach", "DE",
             "DE217880021", "public", "contract", 30, 20000, 0, 4, "materialwirtschaft@klinikum-obermain.example"),
    Customer("10012", "Sparkasse Jura-Main", "Marktplatz 15", "96215", "Lichtenfels", "DE",
             "DE239498355", "office", "contract", 14, 15000, 0, 4, "einkauf@spk-jura-main.example"),
    Customer("10013", "Bürobedarf Schönleben e. K.", "Bahnhofstraße 23", "95326", "Kulmbach", "DE",
             "DE217231430", "shop", "trade", 14, 8000, 0, 5, "bestellung@schoenleben-buero.example"),
    Customer("10014", "Papeterie Federkiel", "Lange Straße 11", "96047", "Bamberg", "DE",
             "DE111925200", "shop", "trade", 14, 3000, 0, 4, "info@papeterie-federkiel.example"),
    Customer("10015", "Buchhandlung Zum Turm", "Herrngasse 5", "96450", "Coburg", "DE",
             "DE288263728", "shop", "trade", 21, 3000, 0, 3, "laden@zum-turm.example"),
    Customer("10016", "Schreibwaren Kestler", "Marktplatz 21", "96231", "Bad Staffelstein", "DE",
             "DE177493257", "shop", "trade", 14, 1500, 0, 3, "schreibwaren.kestler@post.example", "slow"),
    Customer("10017", "Werbeagentur Blickfang GmbH", "Angerstraße 9", "96450", "Coburg", "DE",
             "DE239321765", "agency", "trade", 14, 9000, 0, 5, "produktion@blickfang-coburg.example"),
    Customer("10018", "Studio Raabe Kommunikation", "Untere Sandstraße 27", "96049", "Bamberg", "DE",
             "DE216362467", "agency", "trade", 14, 5000, 0, 3, "druck@studio-raabe.example"),
    Customer("10019", "Agentur Wolkenlos", "Gostenhofer Hauptstraße 61", "90443", "Nürnberg", "DE",
             "DE116659413", "agency", "trade", 14, 4000, 50, 3, "hallo@wolkenlos.example", "slow"),
    Customer("10020", "Möbelwerk Trieb GmbH", "Am Bahnhof 2", "96215", "Lichtenfels", "DE",
             "DE119528590", "industry", "contract", 30, 18000, 0, 4, "einkauf@moebelwerk-trieb.example"),
    Customer("10021", "Korbwaren Michelau eG", "Jahnstraße 14", "96247", "Michelau", "DE",
             "DE218772036", "industry", "list", 14, 6000, 0, 3, "versand@korbwaren-michelau.example"),
    Customer("10022", "Autohaus Püls GmbH", "Weismainer Straße 55", "96264", "Altenkunstadt", "DE",
             "DE215354291", "office", "list", 14, 4000, 0, 3, "verwaltung@autohaus-puels.example"),
    Customer("10023", "Porzellanmanufaktur Selbitz", "Fabrikstraße 6", "95152", "Selbitz", "DE",
             "DE113127049", "industry", "list", 14, 7000, 0, 3, "marketing@porzellan-selbitz.example", "slow"),
    Customer("10024", "Naturpark-Gästehaus Kordigast", "Kordigaststraße 1", "96260", "Weismain", "DE",
             "DE240544629", "gastro", "list", 10, 1500, 0, 2, "post@kordigast.example"),
    Customer("10025", "Gasthof Goldene Krone", "Marktplatz 2", "96260", "Weismain", "DE",
             "DE142924875", "gastro", "list", 10, 1200, 0, 3, "wirt@goldenekrone-weismain.example"),
    Customer("10026", "Landhotel Juratal", "Juraweg 18", "96197", "Wonsees", "DE",
             "DE188763349", "gastro", "list", 14, 2000, 0, 2, "rezeption@juratal.example", "never"),
    Customer("10027", "Weingut Sommerauer", "Weinbergstraße 4", "97332", "Volkach", "DE",
             "DE297740353", "gastro", "list", 14, 3500, 0, 3, "keller@sommerauer.example"),
    Customer("10028", "Apotheke am Stadtgraben", "Stadtgraben 6", "96260", "Weismain", "DE",
             "DE183620991", "office", "list", 10, 1500, 0, 2, "apotheke.stadtgraben@post.example"),
    Customer("10029", "Zahnärzte Dr. Eichner & Kollegen", "Friedrichstraße 12", "95444", "Bayreuth", "DE",
             "DE279600952", "office", "list", 14, 1500, 0, 2, "praxis@eichner-zahn.example"),
    Customer("10030", "Steuerberatung Lautner PartG", "Maximilianstraße 40", "95444", "Bayreuth", "DE",
             "DE136936467", "office", "list", 14, 3000, 0, 4, "kanzlei@lautner-steuer.example"),
    Customer("10031", "Ingenieurbüro Söllner", "Eichenweg 16", "95336", "Mainleus", "DE",
             "DE268515865", "office", "list", 14, 2500, 0, 3, "buero@ib-soellner.example"),
    Customer("10032", "Hausverwaltung Reinhardt GmbH", "Rosenauer Straße 7", "96450", "Coburg", "DE",
             "DE134264567", "office", "list", 14, 3000, 0, 3, "post@hv-reinhardt.example", "slow"),
    Customer("10033", "Musikverein Stadtkapelle Weismain", "Am Röthelberg 3", "96260", "Weismain", "DE",
             "", "club", "public", 14, 800, 0, 2, "vorstand@stadtkapelle-weismain.example"),
    Customer("10034", "TSV Obermain 1897 e. V.", "Sportplatzweg 1", "96224", "Burgkunstadt", "DE",
             "", "club", "public", 14, 800, 0, 2, "kasse@tsv-obermain.example", "slow"),
    Customer("10035", "Theaterfreunde Lichtenfels e. V.", "Coburger Straße 8", "96215", "Lichtenfels", "DE",
             "", "club", "public", 14, 1000, 0, 2, "spielleitung@theaterfreunde-lif.example"),
    Customer("10036", "Diakonie Kirchenkreis Obermain", "Schwabacher Straße 19", "95326", "Kulmbach", "DE",
             "DE144314712", "public", "public", 30, 5000, 0, 3, "verwaltung@diakonie-obermain.example"),
    Customer("10037", "Versandhaus Faltin GmbH", "Gewerbepark 3", "96149", "Breitengüßbach", "DE",
             "DE294312006", "industry", "contract", 14, 20000, 0, 5, "disposition@versandhaus-faltin.example"),
    Customer("10038", "Maschinenfabrik Zeulner AG", "Bayreuther Straße 90", "95326", "Kulmbach", "DE",
             "DE122640795", "industry", "contract", 30, 30000, 0, 5, "einkauf@zeulner-ag.example"),
    Customer("10039", "Elektro Dorsch GmbH", "Ziegelhütten 5", "95326", "Kulmbach", "DE",
             "DE171858768", "office", "list", 14, 2000, 0, 2, "info@elektro-dorsch.example", "never"),
    Customer("10040", "Gärtnerei Hohlweg", "Mainleite 12", "96231", "Bad Staffelstein", "DE",
             "DE193741261", "gastro", "list", 14, 1200, 0, 2, "gaertnerei@hohlweg.example"),
    Customer("10041", "Druckwerkstatt Ebern", "Kapellenstraße 15", "96106", "Ebern", "DE",
             "DE194847005", "shop", "trade", 14, 5000, 0, 3, "werkstatt@druck-ebern.example"),
    Customer("10042", "Lehrmittel Kranz OHG", "Äußere Sulzbacher Straße 102", "90491", "Nürnberg", "DE",
             "DE125759765", "shop", "trade", 21, 7000, 0, 3, "einkauf@lehrmittel-kranz.example"),
    Customer("10043", "Ladentheke Barverkauf", "Gerberstraße 4", "96260", "Weismain", "DE",
             "", "counter", "list", 0, None, 0, 0, ""),
    Customer("10044", "Papier Lechner GmbH", "Salzburger Straße 38", "5280", "Braunau am Inn", "AT",
             "ATU51427683", "shop", "trade", 14, 8000, 0, 3, "office@papier-lechner.example"),
    Customer("10045", "Tiroler Kartonagen KG", "Innrain 77", "6020", "Innsbruck", "AT",
             "ATU75893268", "industry", "list", 21, 6000, 0, 2, "einkauf@tiroler-kartonagen.example"),
    Customer("10046", "Agentur Donaukanal", "Rembrandtstraße 4", "1020", "Wien", "AT",
             "ATU56741397", "agency", "trade", 14, 4000, 0, 2, "print@donaukanal.example"),
    Customer("10047", "Linzer Schulbedarf e. U.", "Humboldtstraße 22", "4020", "Linz", "AT",
             "ATU59316243", "shop", "trade", 14, 3000, 0, 2, "bestellung@linzer-schulbedarf.example", "slow"),
    Customer("10048", "Hotel Seeblick Fuschl", "Seestraße 9", "5330", "Fuschl am See", "AT",
             "ATU94863540", "gastro", "list", 14, 2500, 0, 2, "direktion@seeblick-fuschl.example"),
    Customer("10049", "Bürocenter Zürioberland AG", "Bahnhofstrasse 31", "8620", "Wetzikon", "CH",
             "", "shop", "trade", 30, 8000, 0, 2, "order@bc-zo.example"),
    Customer("10050", "Atelier Rosengart", "St. Alban-Vorstadt 12", "4052", "Basel", "CH",
             "", "agency", "list", 14, 3000, 50, 2, "atelier@rosengart.example"),
    Customer("10051", "Imprimerie Lac Léman SA", "Rue du Lac 14", "1800", "Vevey", "CH",
             "", "shop", "trade", 30, 6000, 0, 2, "commandes@imprimerie-lac.example"),
    Customer("10052", "Papeterie Vauban SARL", "12 rue de la République", "67000", "Strasbourg", "FR",
             "FR60182661298", "shop", "trade", 30, 5000, 0, 2, "achats@papeterie-vauban.example"),
    Customer("10053", "Éditions du Marais", "48 rue de Turenne", "75003", "Paris", "FR",
             "FR94337501019", "publisher", "list", 30, 9000, 0, 2, "fabrication@editions-marais.example", "slow"),
    Customer("10054", "Kantoorhuis Van Dijk B.V.", "Vlissingenkade 3", "3011 BN", "Rotterdam", "NL",
             "NL822294710B01", "shop", "trade", 30, 9000, 0, 3, "inkoop@kantoorhuis-vandijk.example"),
    Customer("10055", "Drukwerk Noord", "Hoendiep 88", "9718 TC", "Groningen", "NL",
             "NL057089048B01", "agency", "trade", 14, 4000, 0, 2, "orders@drukwerk-noord.example"),
    Customer("10056", "Papeterie Meirhof NV", "Meir 54", "2000", "Antwerpen", "BE",
             "BE0318703990", "shop", "trade", 30, 5000, 0, 2, "aankoop@meirhof.example"),
    Customer("10057", "Biuro Plus Sp. z o.o.", "ul. Długa 18", "50-134", "Wrocław", "PL",
             "PL4042774406", "shop", "trade", 14, 3000, 0, 2, "zakupy@biuroplus.example"),
    Customer("10058", "Wydawnictwo Odra", "ul. Świdnicka 9", "50-067", "Wrocław", "PL",
             "PL1828009508", "publisher", "list", 21, 6000, 0, 2, "druk@odra.example"),
    Customer("10059", "Papír Vltava s.r.o.", "Plzeňská 21", "15000", "Praha", "CZ",
             "CZ44567600", "shop", "trade", 14, 3000, 0, 2, "objednavky@papirvltava.example"),
    Customer("10060", "Kavárna Egon", "Březinova 7", "35002", "Cheb", "CZ",
             "CZ27354547", "gastro", "list", 14, 1000, 0, 1, "egon@kavarna.example"),
    Customer("10061", "Cartoleria Brennero S.r.l.", "Via Portici 30", "39100", "Bolzano", "IT",
             "IT59599000912", "shop", "trade", 30, 5000, 0, 2, "ordini@brennero.example"),
    Customer("10062", "Nordisk Papir ApS", "Havnegade 12", "5000", "Odense", "DK",
             "DK82397124", "shop", "trade", 30, 5000, 0, 2, "indkob@nordiskpapir.example"),
    Customer("10063", "Imprimerie Grund S.à r.l.", "7, rue Münster", "2160", "Luxembourg", "LU",
             "LU36052575", "agency", "trade", 30, 4000, 0, 1, "commande@grund.example"),
    Customer("10064", "Harrow & Finch Ltd", "14 Copperfield Street", "SE1 0EN", "London", "GB",
             "", "agency", "list", 30, 7000, 0, 2, "orders@harrowfinch.example"),
    Customer("10065", "Blue Ridge Stationers Inc.", "210 Haywood Road", "28806", "Asheville", "US",
             "", "shop", "trade", 30, 6000, 100, 1, "purchasing@blueridgestationers.example"),
)
# fmt: on

SUPPLIERS = (
    ("70001", "Papierunion Franken GmbH", "Donaustraße 71", "90451", "Nürnberg", "DE"),
    ("70002", "Arctic Vertrieb Nürnberg", "Rangierbahnhofstraße 20", "90471", "Nürnberg", "DE"),
    ("70003", "Steinbeis Kontor", "Stadtstraße 16", "25348", "Glückstadt", "DE"),
    ("70004", "Kuvertfabrik Odenwald AG", "Am Hang 4", "64720", "Michelstadt", "DE"),
    ("70005", "Wellpappe Mainfranken KG", "Hafenstraße 9", "97424", "Schweinfurt", "DE"),
    ("70006", "Druckfarben Tauber", "Industriering 3", "97980", "Bad Mergentheim", "DE"),
)


def suppliers() -> list[TakeOn]:
    """The suppliers as they are taken on."""
    return [
        TakeOn(
            name,
            country,
            number,
            is_customer=False,
            is_supplier=True,
            street=street,
            postcode=code,
            city=city,
            language="de",
        )
        for number, name, street, code, city, country in SUPPLIERS
    ]
