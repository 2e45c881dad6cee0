"""What people write above the columns of a plan or a bill, by the column that it may mean.

These words are asked about, never read: "images" may be finals in one file, generations in another.
"""

from collections.abc import Iterable

_WORDS = {
    "use_case": ("purpose", "use", "project", "description", "verwendung", "zweck", "beschreibung",
                 "场景", "项目", "名称", "说明"),
    "size": ("dimensions", "resolution", "format", "aspect ratio", "ratio", "image size", "größe",
             "groesse", "bildgröße", "auflösung", "seitenverhältnis", "尺寸", "规格", "分辨率",
             "比例", "画面比例"),
    "quality": ("qualität", "qualitaet", "画质", "品质"),
    "model": ("modell", "模型名称"),
    "finals": ("images", "number of images", "image count", "count", "quantity", "qty", "pieces",
               "anzahl", "bilder", "menge", "stück", "数量", "张数", "图片数", "成品"),
    "retries": ("attempts", "tries", "retry factor", "wiederholungen", "versuche", "重试",
                "重试次数"),
    "buffer": ("reserve", "contingency", "puffer", "余量", "预留"),
    "tier": ("batch", "preisstufe", "价格", "档位"),
    "prompt_tokens": ("prompt", "prompt length", "提示词"),
    "reference_images": ("references", "reference", "referenzbilder", "参考图数"),
    "date": ("day", "datum", "tag", "时间"),
    "generations": ("images", "number of images", "generated", "count", "quantity", "anzahl",
                    "bilder", "erzeugt", "数量", "张数", "次数"),
    "accepted": ("finals", "kept", "approved", "used", "angenommen", "behalten", "验收", "采用"),
    "billed": ("cost", "costs", "amount", "price", "usd", "total", "kosten", "betrag", "金额",
               "费用", "成本"),
    "note": ("comment", "remark", "notiz", "bemerkung", "说明"),
}  # fmt: skip


def hints(fields: Iterable[str]) -> dict[str, str]:
    """Return which of these fields a word may mean; words are in lower case."""
    return {word: field for field in fields for word in _WORDS.get(field, ())}
