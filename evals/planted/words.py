"""The words that errors and rewordings are made of."""

from __future__ import annotations

NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
"""Number words that can be changed; "one" is left out, for it is a pronoun as often as a number."""

MORE_NUMBERS = {
    "one": 1, "once": 1, "single": 1, "twice": 2, "both": 2, "pair": 2, "double": 2, "half": 0.5, "thirteen": 13,
    "fourteen": 14, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "seventy": 70, "eighty": 80,
    "hundred": 100, "thousand": 1000, "dozen": 12,
}  # fmt: skip
"""Number words that only count as standing in a passage."""

UNITS: dict[str, tuple[str, float]] = {
    "mcg": ("mass", 1e-6), "µg": ("mass", 1e-6), "μg": ("mass", 1e-6), "mg": ("mass", 1e-3), "g": ("mass", 1.0),
    "kg": ("mass", 1e3), "mL": ("volume", 1e-3), "ml": ("volume", 1e-3), "L": ("volume", 1.0),
    "nm": ("length", 1e-9), "μm": ("length", 1e-6), "µm": ("length", 1e-6), "mm": ("length", 1e-3),
    "cm": ("length", 1e-2), "km": ("length", 1e3), "meters": ("length", 1.0), "kilometers": ("length", 1e3),
    "inches": ("inch", 1.0), "feet": ("inch", 12.0), "miles": ("inch", 63360.0),
    "milligrams": ("mass", 1e-3), "micrograms": ("mass", 1e-6), "grams": ("mass", 1.0), "kilograms": ("mass", 1e3),
    "milliliters": ("volume", 1e-3), "liters": ("volume", 1.0),
    "ms": ("time", 1e-3), "milliseconds": ("time", 1e-3), "seconds": ("time", 1.0), "second": ("time", 1.0),
    "minutes": ("time", 60.0), "minute": ("time", 60.0), "hours": ("time", 3600.0), "hour": ("time", 3600.0),
    "days": ("time", 86400.0), "day": ("time", 86400.0), "weeks": ("time", 604800.0), "week": ("time", 604800.0),
    "months": ("calendar", 1.0), "month": ("calendar", 1.0), "years": ("calendar", 12.0), "year": ("calendar", 12.0),
    "Hz": ("frequency", 1.0), "kHz": ("frequency", 1e3), "MHz": ("frequency", 1e6), "GHz": ("frequency", 1e9),
    "V": ("voltage", 1.0), "kV": ("voltage", 1e3), "mV": ("voltage", 1e-3), "W": ("power", 1.0), "kW": ("power", 1e3),
    "bits": ("data", 1.0), "bytes": ("data", 8.0),
}  # fmt: skip
"""Units that can be changed or converted: their dimension and size in it. Feet and months have scales of their own,
for no exact conversion leads to them."""

OTHER_UNITS = ("percent", "%", "units", "IU", "tablets", "capsules", "mmHg", "psi", "lbs", "pounds", "ksi", "Nm", "A")
"""Units that a number keeps."""

UNIT_SWAPS = {
    "mcg": ("mg", "g"), "µg": ("mg", "g"), "μg": ("mg", "g"), "mg": ("g", "mcg"), "g": ("mg", "kg"), "kg": ("g", "mg"),
    "mL": ("L",), "ml": ("L",), "L": ("mL",), "nm": ("mm", "μm"), "μm": ("mm", "nm"), "µm": ("mm", "nm"),
    "mm": ("cm", "μm"), "cm": ("mm",), "km": ("cm",), "meters": ("kilometers", "feet"), "kilometers": ("miles",),
    "inches": ("feet",), "feet": ("inches", "meters"), "miles": ("kilometers",),
    "milligrams": ("grams", "micrograms"), "micrograms": ("milligrams",), "grams": ("milligrams", "kilograms"),
    "kilograms": ("grams",), "milliliters": ("liters",), "liters": ("milliliters",), "ms": ("seconds", "minutes"),
    "milliseconds": ("seconds",), "seconds": ("minutes", "hours", "milliseconds"), "minutes": ("hours", "seconds"),
    "hours": ("minutes", "days"), "days": ("weeks", "months", "hours"), "weeks": ("days", "months"),
    "months": ("weeks", "days", "years"), "years": ("months", "weeks"), "second": ("minute",),
    "minute": ("hour", "second"), "hour": ("minute", "day"), "day": ("week", "month", "hour"),
    "week": ("day", "month"), "month": ("week", "year", "day"), "year": ("month", "week"), "Hz": ("kHz",),
    "kHz": ("Hz", "MHz"), "MHz": ("kHz", "GHz"), "GHz": ("MHz",), "V": ("kV", "mV"), "kV": ("V",), "mV": ("V",),
    "W": ("kW",), "kW": ("W",), "bits": ("bytes",), "bytes": ("bits",),
}  # fmt: skip
"""What a unit can be mistaken for."""

CONVERSIONS = {
    "mg": ("mcg", 1000), "g": ("mg", 1000), "kg": ("g", 1000), "L": ("mL", 1000), "cm": ("mm", 10),
    "km": ("meters", 1000),
    "grams": ("milligrams", 1000), "kilograms": ("grams", 1000), "liters": ("milliliters", 1000),
    "milligrams": ("micrograms", 1000), "minutes": ("seconds", 60), "hours": ("minutes", 60), "days": ("hours", 24),
    "weeks": ("days", 7), "week": ("days", 7), "day": ("hours", 24), "hour": ("minutes", 60), "minute": ("seconds", 60),
    "years": ("months", 12), "year": ("months", 12), "feet": ("inches", 12), "seconds": ("milliseconds", 1000),
    "kHz": ("Hz", 1000), "MHz": ("kHz", 1000), "kV": ("V", 1000), "kW": ("W", 1000), "bytes": ("bits", 8),
}  # fmt: skip
"""A smaller unit that says the same, and how many of it."""

DOSE_UNITS = frozenset({"mcg", "µg", "μg", "mg", "g", "mL", "ml", "units", "IU", "tablets", "capsules", "milligrams"})

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)  # fmt: skip

OPPOSITES: tuple[tuple[str, str], ...] = (
    ("increases", "decreases"), ("increased", "decreased"), ("increase", "decrease"), ("increasing", "decreasing"),
    ("before", "after"), ("with", "without"), ("raises", "lowers"), ("above", "below"),
    ("effective", "ineffective"), ("permitted", "prohibited"), ("include", "exclude"), ("includes", "excludes"),
    ("rises", "falls"), ("stimulates", "inhibits"), ("stimulate", "inhibit"), ("gains", "loses"),
    ("contraction", "relaxation"), ("contracts", "relaxes"), ("contract", "relax"),
    ("positive", "negative"), ("valid", "invalid"), ("early", "late"), ("improves", "worsens"), ("able", "unable"),
    ("activates", "deactivates"), ("accept", "reject"), ("accepts", "rejects"),
    ("safe", "unsafe"), ("mandatory", "optional"), ("always", "never"), ("strong", "weak"), ("thick", "thin"),
    ("exclusive", "non-exclusive"), ("enabled", "disabled"), ("enable", "disable"), ("successful", "unsuccessful"),
    ("dilates", "constricts"), ("expands", "shrinks"), ("absorbs", "releases"), ("rapidly", "slowly"),
)  # fmt: skip
"""Words that turn a statement into its opposite."""

SAFE_WITH = frozenset("the a an any prior written food symptoms pain cause".split())
"""Words before which "with" and "without" are opposites."""

COUNTERPARTS: tuple[tuple[str, str], ...] = (
    ("Licensee", "Licensor"), ("Buyer", "Seller"), ("Purchaser", "Vendor"), ("Landlord", "Tenant"),
    ("Franchisee", "Franchisor"), ("Distributor", "Supplier"), ("Distributor", "Manufacturer"),
    ("Customer", "Supplier"), ("Employer", "Employee"), ("Lender", "Borrower"), ("Discloser", "Recipient"),
    ("Disclosing Party", "Receiving Party"), ("Controller", "Processor"), ("controller", "processor"),
    ("Provider", "Recipient"), ("Consultant", "Company"), ("Distributor", "Company"), ("Contractor", "Client"),
    ("Company", "Distributor"), ("Agent", "Principal"), ("provider", "deployer"), ("providers", "deployers"),
    ("importers", "distributors"), ("importer", "distributor"), ("patient", "physician"), ("verifier", "subscriber"),
    ("Verifier", "Subscriber"), ("CSP", "RP"), ("CSPs", "RPs"), ("verifiers", "subscribers"),
    ("Charge Point", "Central System"), ("Charging Station", "CSMS"), ("left", "right"), ("anterior", "posterior"),
    ("superior", "inferior"), ("medial", "lateral"), ("proximal", "distal"), ("sympathetic", "parasympathetic"),
    ("systolic", "diastolic"), ("arteries", "veins"), ("artery", "vein"), ("upper", "lower"), ("men", "women"),
    ("afferent", "efferent"), ("sensory", "motor"), ("ventral", "dorsal"), ("internal", "external"),
    ("atria", "ventricles"), ("atrium", "ventricle"), ("adults", "infants"), ("white", "gray"),
    ("male", "female"), ("males", "females"), ("oxygen", "carbon dioxide"), ("insulin", "glucagon"),
    ("FSH", "LH"), ("sodium", "potassium"), ("glucose", "cholesterol"), ("estrogen", "testosterone"),
    ("osteoblasts", "osteoclasts"), ("kidney", "liver"), ("kidneys", "lungs"), ("stomach", "pancreas"),
    ("warfarin", "heparin"), ("metformin", "insulin"), ("amoxicillin", "erythromycin"), ("lisinopril", "losartan"),
    ("Member States", "Commission"), ("data subject", "controller"), ("bolt", "nut"), ("muscles", "bones"),
    ("neurons", "glial cells"), ("cranial", "sacral"), ("axon", "dendrite"),
)  # fmt: skip
"""Parties, drugs and parts that a reader may take for one another, both ways."""

SYNONYMS: tuple[tuple[str, str], ...] = (
    ("prior to", "before"), ("in order to", "to"), ("in the event that", "if"), ("utilizes", "uses"),
    ("utilize", "use"), ("utilized", "used"), ("approximately", "about"), ("pursuant to", "under"), ("shall", "must"),
    ("e.g.,", "for example,"), ("for instance", "for example"), ("for example", "for instance"),
    ("due to", "because of"), ("is located in", "lies in"), ("are located in", "lie in"),
    ("also called", "also known as"),
    ("is called", "is known as"), ("are called", "are known as"), ("also known as", "also called"),
    ("consists of", "is made up of"), ("consist of", "are made up of"), ("regarding", "about"),
    ("subsequent to", "after"), ("in accordance with", "according to"), ("with respect to", "in respect of"),
    ("primarily", "mainly"), ("whereas", "while"), ("although", "though"), ("resulting in", "leading to"),
    ("results in", "leads to"), ("result in", "lead to"), ("frequently", "often"), ("annually", "every year"),
    ("immediately", "at once"), ("physicians", "doctors"), ("physician", "doctor"), ("at least", "no less than"),
    ("no later than", "not later than"), ("commence", "begin"), ("commences", "begins"), ("assist", "help"),
    ("assists", "helps"), ("in addition to", "besides"), ("ensure that", "make sure that"),
    ("because", "since"), ("thus", "therefore"),
    ("more than", "over"), ("entire", "whole"), ("obtain", "get"), ("commonly", "often"), ("typically", "usually"),
    ("usually", "typically"), ("numerous", "many"), ("reside in", "live in"), ("purchase", "buy"),
    ("in writing", "in written form"), ("mainly", "chiefly"),
    ("in the absence of", "without"), ("prohibited", "forbidden"), ("has the right to", "is entitled to"),
    ("provided that", "on condition that"), ("is responsible for", "has responsibility for"), ("via", "through"),
)  # fmt: skip
"""Rewordings that keep the meaning."""

OPENERS = (
    "In addition", "Additionally", "Furthermore", "Moreover", "However", "Therefore", "Thus", "For example", "Also",
    "For instance", "Finally", "Consequently", "In fact", "Hence", "As a result", "In particular", "Similarly",
    "Likewise", "In contrast", "Accordingly", "In other words", "Indeed", "Of course", "Nevertheless",
    "First", "Second",
)  # fmt: skip
"""Openings that tie a sentence to the one before and say nothing themselves."""

STOP = frozenset(
    """a an the of to in on at by for from with and or as is are was were be been being it its this that these those
    which who whom whose such any all each not no nor may can must shall should will would could might do does did has
    have had they their them he she his her we our you your i if when where than then so but also into onto over under
    between during within per there here more most other some""".split()
)
"""Words that say little about what a sentence is about."""

AUXILIARIES = "is are was were has have had may can must shall should will would could might does do did cannot".split()
"""Words by which the verb of a sentence is found."""
