"""Questions as people ask them, for clauses and diseases that come without one."""

DISEASE = {
    "symptoms": (
        "How does {} show itself?",
        "What signs point to {}?",
        "What are the symptoms of {}?",
    ),
    "treatment": (
        "How is {} treated?",
        "What can be done for {}?",
        "What are the treatments for {}?",
    ),
    "causes": (
        "Why do people get {}?",
        "What causes {}?",
    ),
    "outlook": (
        "What is the prognosis for {}?",
        "How do people with {} fare in the long run?",
    ),
    "research": ("What research is being done on {}?",),
    "information": (
        "What is {}?",
        "Tell me about {}.",
    ),
    "susceptibility": (
        "Who is at risk for {}?",
        "Who gets {}?",
    ),
    "exams and tests": (
        "How is {} diagnosed?",
        "Which tests detect {}?",
    ),
    "prevention": ("How can {} be prevented?",),
    "complications": ("What are the complications of {}?",),
    "inheritance": ("Is {} inherited?",),
    "genetic changes": ("Which genetic changes are related to {}?",),
    "frequency": ("How common is {}?",),
    "considerations": ("What should one consider about {}?",),
}
"""MedQuAD question type → ways to ask; {} is the disease."""

CONTRACT = {
    "Parties": (
        "Who are the parties to the agreement?",
        "Between whom was this contract made?",
    ),
    "Agreement Date": (
        "When was the agreement signed?",
        "What is the date of the contract?",
    ),
    "Effective Date": (
        "When does the agreement take effect?",
        "On what date did the contract become effective?",
    ),
    "Expiration Date": (
        "When does the agreement end?",
        "How long does the contract run?",
        "What is the initial term?",
    ),
    "Renewal Term": (
        "Does the contract renew, and for how long?",
        "What happens at the end of the initial term?",
    ),
    "Notice Period To Terminate Renewal": ("How much notice is needed to stop renewal?",),
    "Governing Law": (
        "Which state's law governs the agreement?",
        "What law applies to disputes?",
    ),
    "Most Favored Nation": ("Is the buyer promised terms as good as those given to others?",),
    "Non-Compete": (
        "Is a party barred from competing?",
        "What competing business is forbidden?",
    ),
    "Exclusivity": (
        "Is the arrangement exclusive?",
        "May the company appoint other partners in the territory?",
    ),
    "No-Solicit Of Employees": ("May one side hire the other's staff?",),
    "Non-Disparagement": ("May a party speak badly of the other?",),
    "Termination For Convenience": (
        "Can a party end the agreement without cause?",
        "Who may walk away at will, and on what notice?",
    ),
    "Change Of Control": ("What happens if a party is acquired?",),
    "Anti-Assignment": (
        "Can the contract be assigned to someone else?",
        "Is consent needed to transfer the agreement?",
    ),
    "Revenue/Profit Sharing": (
        "How is revenue shared?",
        "What royalty or commission is paid?",
    ),
    "Price Restrictions": ("May the prices be raised?",),
    "Minimum Commitment": (
        "What is the minimum purchase?",
        "How much must be bought each year?",
    ),
    "Volume Restriction": ("Is there a cap on usage or volume?",),
    "Ip Ownership Assignment": ("Who owns the intellectual property created?",),
    "Joint Ip Ownership": ("Is any intellectual property owned jointly?",),
    "License Grant": (
        "What license is granted?",
        "What rights of use does the licensee get?",
    ),
    "Non-Transferable License": ("Is the license transferable?",),
    "Irrevocable Or Perpetual License": ("Is the license perpetual?",),
    "Source Code Escrow": ("Is source code held in escrow?",),
    "Post-Termination Services": ("What must be done after termination?",),
    "Audit Rights": (
        "May the books be inspected?",
        "Who can audit the records, and how often?",
    ),
    "Uncapped Liability": ("For what is liability unlimited?",),
    "Cap On Liability": (
        "Is liability limited?",
        "What is the most a party can owe in damages?",
    ),
    "Liquidated Damages": ("Is a fixed sum due on breach?",),
    "Warranty Duration": ("How long is the warranty?",),
    "Insurance": (
        "What insurance must be kept?",
        "How much liability cover is required?",
    ),
    "Covenant Not To Sue": ("Has a party agreed not to challenge the other?",),
    "Third Party Beneficiary": ("May a third party enforce the agreement?",),
}
"""CUAD clause type → ways to ask for it."""

CONFIDENTIALITY = {
    "nda-1": "Does confidential information have to be marked as such?",
    "nda-2": "Is only technical information confidential?",
    "nda-3": "Does what is said aloud count as confidential?",
    "nda-4": "For what may the receiving party use the information?",
    "nda-5": "May employees see the confidential information?",
    "nda-7": "May the information be shared with advisers or other third parties?",
    "nda-8": "What if a court compels disclosure?",
    "nda-10": "Must the existence of the talks be kept secret?",
    "nda-11": "Is reverse engineering allowed?",
    "nda-12": "May the recipient develop something similar on its own?",
    "nda-13": "May the recipient get similar information elsewhere?",
    "nda-15": "Does the agreement grant a licence?",
    "nda-16": "What happens to the documents at the end?",
    "nda-17": "May copies be made?",
    "nda-18": "May the recipient poach the discloser's people?",
    "nda-19": "Which duties outlive the agreement?",
    "nda-20": "May some information be kept after termination?",
}
"""ContractNLI statement → a question that its evidence answers."""
