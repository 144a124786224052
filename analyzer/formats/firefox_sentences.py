# ruff: noqa: RUF001  (the languages' own signs)
"""What Firefox says of a WebSocket that could not be opened, or was cut, in every language in which it ships.

In comes a text, out goes the URL that such a sentence names. The hard thing: in a saved console nothing but its words
tells the browser's sentence from one of the page's own, and the words are the user's language.
"""

import re
from collections.abc import Iterable
from typing import TypeVar

import polars as pl

from analyzer.needed_words import that_may_match

_NOT_ESTABLISHED = (
    "%S serveri ilə əlaqə yaradıla bilmir.",
    "%S येथील सर्व्हरशी Firefox संपर्क स्थापीत करू शकले नाही.",
    "%S এর সার্ভারের সাথে সংযোগ স্থাপন করা সম্ভব হয়নি।",
    "%S వద్ద సేవికకు అనుసంధానం Firefox ఏర్పరచలేదు.",
    "%S සේවාදායකයට සම්බන්ධතාවක් පිහිටුවීමට නොහැකිය.",
    "%S ᱨᱮ ᱯᱷᱟᱭᱨᱚᱯᱷᱠᱥ ᱥᱨᱚᱣᱨ ᱞᱟᱹᱜᱤᱫ ᱡᱚᱱᱚᱲᱟᱣ ᱵᱟᱭ ᱛᱷᱟᱯᱚᱱ ᱫᱟᱲᱮᱭᱟᱜ ᱟ ᱾",
    "%S のサーバーへの接続を確立できませんでした。",
    "A Firefox nem képes kapcsolatot létesíteni a(z) %S helyen lévő kiszolgálóval.",
    "Chan urrainn dha Firefox ceangal ris an fhrithealaiche aig %S.",
    "De ferbining mei %S waard wegere.",
    "El Firefox no ha pogut establir una connexió amb el servidor a %S.",
    "Firefox %S serveriga ulana olmadi.",
    "Firefox %S sunucusuyla bağlantı kuramıyor.",
    "Firefox %S серверімен байланысты орната алмады.",
    "Firefox %S تے سرور دے نال کنکشن نہیں بݨا سڳدا۔",
    "Firefox %S پر پیش کار کے ساتھ کنکشن نہیں بنا سکتا۔",
    "Firefox %S ਉੱਤੇ ਸਰਵਰ ਨਾਲ ਕਨੈਕਸ਼ਨ ਨਹੀਂ ਬਣਾ ਸਕਿਆ।",
    "Firefox cannae estaiblish a connection tae the server at %S.",
    "Firefox can’t establish a connection to the server at %S.",
    "Firefox getur ekki tengst við netþjón á %S.",
    "Firefox kan geen verbinding maken met de server op %S.",
    "Firefox kan ikke oprette en forbindelse til serveren %S.",
    "Firefox kan inte upprätta en anslutning till servern på %S.",
    "Firefox kan nie 'n verbinding met die bediener by %S bewerkstellig nie.",
    "Firefox kann keine Verbindung zu dem Server unter %S aufbauen.",
    "Firefox không thể tạo kết nối tới máy chủ tại %S.",
    "Firefox klarte ikke koble til serveren på %S.",
    "Firefox klarte ikkje å opprette ei tilkopling til tenaren på %S.",
    "Firefox na po betg stabilir ina connexiun cun il server %S.",
    "Firefox ndaikatúi oñembojuaju mohendahavusu ndive %S-pe.",
    "Firefox ne može ostvariti vezu sa serverom na %S.",
    "Firefox ne može uspostaviti vezu sa serverom na %S.",
    "Firefox ne peut établir de connexion avec le serveur à l’adresse %S.",
    "Firefox ne povas konektiĝi al la servilo ĉe %S.",
    "Firefox nedokáže vytvoriť pripojenie k serveru %S.",
    "Firefox nemůže navázat spojení se serverem %S.",
    "Firefox nie może nawiązać połączenia z serwerem %S.",
    "Firefox niy poradzi nawiōnzać połōnczynio ze serwerym %S.",
    "Firefox njamóžo ze serwerom na %S zwězaś.",
    "Firefox njemóže ze serwerom na %S zwjazać.",
    "Firefox no pudo establecer una conexión con el servidor en %S.",
    "Firefox no puede establecer una conexión con el servidor en %S.",
    "Firefox no puede establir una connexión con o servidor en %S.",
    "Firefox nol rive a stabilî une conession al servidôr su %S.",
    "Firefox non podet istabilire una connessione cun su serbidore in %S.",
    "Firefox non pote stabilir connexion con le servitor al adresse %S.",
    "Firefox non può stabilire una connessione con il server %S.",
    "Firefox nu poate stabili o conexiune cu serverul %S.",
    "Firefox nun pue afitar una conexón col sirvidor de %S.",
    "Firefox n’hall ket kennaskañ ouzh an dafariad %S.",
    "Firefox o no se peu conette a-o server %S.",
    "Firefox pe twero cako kube bot lapok tic ki i %S.",
    "Firefox pòt pas establir cap de connexion amb lo servidor a l'adreça %S.",
    "Firefox tidak dapat menyediakan sambungan dengan pelayan di %S.",
    "Firefox tidak dapat tersambung dengan server di %S.",
    "Firefox ur yezmir ad yeqqen ɣer uqeddac deg tansa %S.",
    "Firefox waawaa seŋaade e sarworde ndee to %S.",
    "Firefox ši hin ka feršikaa cee %S ga.",
    "Firefox не можа ўсталяваць злучэнне з серверам %S.",
    "Firefox не може встановити з'єднання з сервером %S.",
    "Firefox не може да воспостави врска со серверот на %S.",
    "Firefox не може да оствари везу са сервером на %S.",
    "Firefox не може да установи връзка с %S.",
    "Firefox не может установить соединение с сервером %S.",
    "Firefox לא יכול ליצור קשר עם השרת ב־%S.",
    "Firefox ले %S मा सम्पर्क स्थापना गर्न सकेन।",
    "Firefox सर्वर में %S पर संबंधन स्थापित नहीं कर सकता है.",
    "Firefox સર્વર સાથે %S આગળ જોડાણ અધિષ્ઠાપિત કરી શકતું નથી.",
    "Firefox ไม่สามารถสร้างการเชื่อมต่อไปยังเซิร์ฟเวอร์ที่ %S",
    "Firefox ვერ უკავშირდება სერვერს %S მისამართზე.",
    "Firefox មិនអាចបង្កើតការតភ្ជាប់ទៅកាន់ម៉ាស៊ីនបម្រើត្រង់ %S ។",
    "Firefox 无法建立到 %S 服务器的连接。",
    "Firefox 無法與伺服器 %S 建立連線。",
    "Firefox-i s’vendos dot lidhje me shërbyesin te %S.",
    "Firefox-ը չկարողացավ կապակցում հաստատել %S սպասարկչի հետ։",
    "Firefoxek ezin du konexioa sortu %S helbideko zerbitzariarekin.",
    "Firefoxil pole võimalik luua ühendust serveriga aadressil %S.",
    "Firefox가 %S 서버에 연결할 수 없습니다.",
    "Hindi makakonekta ang Firefox sa server sa %S.",
    "IFirefox ayikwazi kuseka ukudityaniswa kwiseva %S.",
    "Na'ue ga conexion riña Firefox ngà servidor riña %S",
    "Naršyklei nepavyko užmegzti ryšio su serveriu adresu %S.",
    "Nid yw Firefox yn gallu cysylltu â'r gweinydd yn %S.",
    "Non é posíbel que Firefox estabeleza unha conexión co servidor en %S.",
    "Ní féidir le Firefox ceangal leis an bhfreastalaí ag %S.",
    "O Firefox não consegue estabelecer uma ligação para o servidor em %S.",
    "O Firefox não conseguiu estabelecer uma conexão com o servidor %S.",
    "Pri vzpostavljanju povezave s stranjo %S je bila zahteva zavrnjena.",
    "Ri Firefox man nitikïr ta nrïl chi nok pa ri ruk'u'x samaj rik'in ri %S.",
    "Savienojums tika atteikts, mēģinot sazināties ar %S.",
    "Yhteyden muodostus osoitteeseen %S epäonnistui.",
    "Το Firefox δεν μπορεί να κάνει σύνδεση με τον διακομιστή στο %S.",
    "Браузери Firefox наметавонад ба сервер дар %S пайваст шавад.",
    "فایرفاکس نمی‌تواند اتصالی با کارگزار «%S» برقرار کند.",
    "لا يستطيع Firefox أن يؤسّس اتصالًا بالخادوم عند %S.",
    "பயர்பாக்ஸ் %S இல் உள்ள சேவையகத்துடன் இணைப்பை ஏற்படுத்த முடியவில்லை.",
    "ಫೈರ್ಫಾಕ್ಸ್‍  %S ನಲ್ಲಿನ ಒಂದು ಪರಿಚಾರಕಕ್ಕೆ  ಸಂಪರ್ಕ ಸಾಧಿಸಲಾಗಿಲ್ಲ .",
    "မီးမြေခွေးဟာ ဆာဗာ %S ကို ဆက်သွယ်ဖို့ ကြိုးစားသော အခါ ချိတ်ဆက်မှု ငြင်းပယ်ခံရတယ်။",
)
"""`connectionFailure` of browser/chrome/browser/appstrings.properties: Firefox 153 and its language packs.

Blanks of no width, which some languages write, are left out."""

_INTERRUPTED = (
    "%S интернет бетін жүктеу кезінде байланыс үзілген.",
    "%S کے ساتھ کنکشن صفح لوڈ ہوتے ہوئے خراب ہو گئی۔",
    "%S ᱨᱮ ᱡᱚᱱᱚᱲᱟᱣ ᱟᱠᱚᱴ ᱞᱮᱱ ᱛᱟᱦᱮᱸᱱᱟ ᱥᱟᱦᱴᱟ ᱞᱟᱫᱮᱜ ᱠᱟᱱ ᱛᱟᱦᱮᱱ ᱡᱚᱦᱚᱠ ᱾",
    "%S’ga ulanish sahifa yuklanayotganda uzilib qoldi.",
    "A conescion a %S l'é stæta scancelâ.",
    "A conexión con %S interrompeuse mentres se estaba a cargar a páxina.",
    "A conexão com %S foi interrompida durante o carregamento da página.",
    "A kapcsolat a(z) %S hellyel megszakadt az oldal betöltése közben.",
    "A ligação a %S foi interrompida durante o carregamento da página.",
    "Anslutningen till %S avbröts under hämtningen av sidan.",
    "Bhris rudeigin a-steach air a' cheangal ri %S fhad 's a bha an duilleag 'ga luchdadh.",
    "Cafodd cysylltiad â %S ei darfu wrth i'r dudalen lwytho.",
    "Ceŋagol to %S taƴii tuma nde hello ngoo woni e looweede.",
    "Ciyaroo %S do dunbu waatoo kaŋ moɲoo goo ma zumandi.",
    "Conexiunea cu %S s-a întrerupt în timp ce se încărca pagina.",
    "De ferbining mei %S is ûnferwachts beëinige wylst it laden fan de side.",
    "De verbinding met %S werd onderbroken tijdens het laden van de pagina.",
    "Die Verbindung zu %S wurde unterbrochen, während die Seite geladen wurde.",
    "Die verbinding met %S is onderbreek terwyl die bladsy gelaai het.",
    "Forbindelsen til %S blev afbrudt mens siden var ved at blive indlæst.",
    "Idirbhriseadh an ceangal le %S agus an leathanach á lódáil.",
    "Kube bot %S obale woko ma onongo pot buk tye ka canne.",
    "Kết nối tới %S bị đứt trong khi đang tải trang.",
    "La conession à %S e je stade interote intant che si cjamave la pagjine.",
    "La conexión a %S fue interrumpida mientras la página se cargaba.",
    "La conexión con %S fue interrumpida mientras la página se estaba cargando.",
    "La conexión con %S se interrumpió mientras se cargaba la página.",
    "La connessione con %S è stata interrotta durante il caricamento della pagina.",
    "La connexion amb %S es estada interrompuda pendent lo cargament de la pagina.",
    "La connexion avec %S a été interrompue pendant le chargement de la page.",
    "La connexiun cun %S è interrutta durant chargiar la pagina.",
    "La konekto al %S estis haltigita dum la ŝargado de paĝo.",
    "Le connexion con %S ha essite interrumpite durante le cargamento del pagina.",
    "Lidhja me %S është përfunduar, ndërkohë që faqja ngarkohej.",
    "Naabala ang koneksiyon sa %S habang ikinakarga ang pahina.",
    "Orria kargatzerakoan %S helbidearekin konexioa eten egin da.",
    "Pe jeike %S-pe ojejoko’imi oñemyanyhẽkuévo kuatiarogue.",
    "Povezava s stranjo %S se je nepričakovano uničila. Nekaj podatkov pa se je morda vendarle preneslo.",
    "Połączenie z %S zostało przerwane podczas wczytywania strony.",
    "Połōnczynie ze serwerym %S stargało sie przi ladowaniu strōny.",
    "Pripojenie k %S bolo počas načítavania stránky prerušené.",
    "S'ha interrompiu a connexión ta %S entre que se cargaba a pachina.",
    "S'ha interromput la connexió a %S mentre es carregava la pàgina.",
    "Sa connessione cun %S est istada interrùmpida durante su carrigamentu de sa pàgina.",
    "Sambungan ke %S terganggu semasa halaman sedang dimuatkan.",
    "Sambungan ke %S terputus saat laman sedang dimuat.",
    "Savienojums ar %S tika pārtraukts lapas ielādes laikā.",
    "Sayfa yüklenirken %S sunucusuyla bağlantı kesildi.",
    "Si conexión %S giyichin' nga hìaj nayî'nïnj ma huaj ma.",
    "Spojení se serverem %S bylo v průběhu načítání stránky přerušeno.",
    "Səhifə yüklənərkən %S ilə əlaqə kəsildi.",
    "Tengingin við %S var rofin á meðan síðan var að hlaðast inn.",
    "The connection tae %S wis interruptit while the page wis loadin.",
    "The connection to %S was interrupted while the page was loading.",
    "Tilkoblingen til %S ble brutt mens siden lastet inn.",
    "Tilkoplinga til %S vart broten medan sida vart lasta.",
    "Torgóse la conexón a %S mentanto cargaba la páxina.",
    "Troc'het eo bet ar c'hennaskañ ouzh %S pa oa ar bajenn o kargañ.",
    "Tuqqna ɣer %S teḥbes makken ad d-yettali usebter.",
    "Ukudityaniswa kwi-%S kuphazanyisiwe xa iphepha lalilayisha.",
    "Veebilehe laadimisel esines viga ühendumisel aadressiga %S.",
    "Veza prema %S je neočekivano prekinuta. Dio podataka je vjerovatno prenešen.",
    "Veza sa %S je prekinuta za vrijeme učitavanja stranice.",
    "Xq'at ri okem pa %S toq tajin nijaq ri ruxaq k'amaya'l.",
    "Yhteys osoitteeseen %S katkesi kesken sivun lataamisen.",
    "Zwisk z %S je so při začitanju strony přetorhnył.",
    "Zwisk z %S jo se pśi zacytowanju boka pśetergnuł.",
    "%S में संबंधन में पृष्ठ लोडिंग के दौरान बाधा आई.",
    "Įkeliant tinklalapį buvo nutrauktas ryšys su %S.",
    "Η σύνδεση με το %S διακόπηκε κατά τη φόρτωση της σελίδας.",
    "Веза са %S је прекинута при учитавању странице.",
    "Во время загрузки страницы соединение с %S было прервано.",
    "Врската со %S беше прекината додека се вчитуваше страницата.",
    "Връзката с %S беше прекъсната по време на зареждането на страницата.",
    "Злучэнне з %S было перарвана ў часе загрузкі старонкі.",
    "Під час завантаження сторінки з'єднання з %S було перервано.",
    "Ҳангоми боркунии саҳифа пайвастшавӣ бо %S қатъ шуд.",
    "Էջը բեռնելու ընթացքում %S-ի հետ կապը ընթատվեց։",
    "החיבור אל %S הופסק בזמן שהדף נטען.",
    "جݙاں ورقہ لوڈ تھیندا پیا ہا تاں %S نال کنکشن خراب تھی ڳیا ہا۔",
    "قُوطِع الاتصال مع %S أثناء تحميل الصفحة.",
    "هنگام دریافت پرونده، اتصال به %S به صورت غیر منتظره پایان یافت.",
    "पृष्ठ दाखल करतेवेळी %S शी संपर्क बाधीत होतो.",
    "पेज लोड भैरहेको बेलामा %S सँगको सम्बन्धमा रोकावट आएको छ।",
    "পাতা লোড করার সময় %S এর সাথে সংযোগ বিঘ্নিত হয়েছে।",
    "ਸਫ਼ੇ ਨੂੰ ਲੋਡ ਕਰਨ ਦੇ ਦੌਰਾਨ %S ਨਾਲ ਕਨੈਕਸ਼ਨ ਵਿੱਚ ਰੁਕਾਵਟ ਆਈ ਸੀ।",
    "જ્યારે પાનું લાવી રહ્યા હતા ત્યારે %S નું જોડાણ અટકી ગયું હતું.",
    "பக்கத்தை ஏற்றும் போது %S க்கான இணைப்பு குறுக்கீட்டை சந்தித்தது.",
    "పేజీ లోడవుతున్నప్పుడు %S అనుసంధానాకి అంతరాయం కలిగింది.",
    "ಪುಟವು ಲೋಡ್‍ ಆಗುವಾಗ  %Sಕ್ಕೆ ಸಂಪರ್ಕವು ಅಡ್ಡಿಗೊಳಪಟ್ಟಿದೆ.",
    "පිටුව පූරණය වන අතරතුර %S වෙත සම්බන්ධතාවට බාධා විය.",
    "การเชื่อมต่อไปยัง %S ถูกขัดจังหวะขณะที่หน้ากำลังโหลด",
    "မမျှော်လင့်ပဲ %S ဆီ ချိတ်ဆက်မှု သည် စာမျက်နှာအား ရယူနေစဉ် အဆုံးသတ်သွားတယ်။",
    "კავშირი საიტთან %S მოულოდნელად შეწყდა გვერდის ჩატვირთვისას.",
    "ការតភ្ជាប់ទៅកាន់ %S ត្រូវបានផ្អាក ខណៈពេលកំពុងផ្ទុកទំព័រ ។",
    "ページの読み込み中に %S への接続が切断されました。",
    "加载页面时与 %S 的连接中断。",
    "載入頁面時與 %S 的連線中斷。",
    "페이지 로드 중 %S에 대한 연결이 중단되었습니다.",
)
"""`netInterrupt` of the same."""

_URL = r"wss?://[!-~]+"  # a browser writes URLs in ASCII
_DECLINED = r"ñembojuaju|ojejoko|-ի հետ"  # Guarani and Armenian add an ending to the URL itself


def _words(sentence: str) -> str:
    """Write one sentence as a pattern: any brand of Firefox, any apostrophe, any blank, with or without its stop."""
    _, brand, rest = sentence.rpartition("Firefox")
    named = rest if brand and "%S" in rest else sentence.replace("Firefox", "%F")
    literal = re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", named.strip().rstrip("."))
    return re.sub(r"\s+", r"\\s+", re.sub("['’]", ".", literal)).replace("%S", _URL).replace("%F", r"\S+")


SENTENCES = tuple(map(_words, (*_NOT_ESTABLISHED, *_INTERRUPTED)))
"""Each as a pattern."""
_OF_NOT_ESTABLISHED, _OF_INTERRUPTED = SENTENCES[: len(_NOT_ESTABLISHED)], SENTENCES[len(_NOT_ESTABLISHED) :]


def spoken_in(texts: pl.Series) -> bool:
    """Whether any of the sentences may stand in these texts."""
    return bool(_that_may_stand(SENTENCES, texts))


def url_not_established(texts: pl.Series) -> pl.Expr:
    """The URL of a sentence among these texts that says that no connection could be established."""
    return _url(texts, _OF_NOT_ESTABLISHED)


def url_interrupted(texts: pl.Series) -> pl.Expr:
    """The URL of a sentence among these texts that says that a connection was cut while the page was loading."""
    return _url(texts, _OF_INTERRUPTED)


def _that_may_stand(sentences: Iterable[str], texts: pl.Series) -> list[str]:
    told = texts.filter(texts.str.contains("wss?://"))  # few do, and two hundred sentences are many
    return that_may_match(sentences, _joined(told)) if len(told) else []


def _url(texts: pl.Series, sentences: Iterable[str]) -> pl.Expr:
    said = "|".join(_that_may_stand(sentences, texts))
    if not said:
        return pl.lit(None, pl.String)
    text = pl.col(texts.name)
    text = pl.when(text.str.contains(r"wss?://")).then(text)
    told = text.str.extract(rf"({_URL})", 1).str.strip_suffix(".")
    bare = pl.when(text.str.contains(_DECLINED)).then(told.str.replace(r"-(?:pe)?$", "")).otherwise(told)
    return pl.when(_joined(text).str.contains(said)).then(bare)


_Text = TypeVar("_Text", pl.Series, pl.Expr)


def _joined(text: _Text) -> _Text:
    """A text without the blanks of no width that some languages break their lines at."""
    return text.str.replace_all("\u200b", "", literal=True)
