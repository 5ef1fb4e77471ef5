"""Harmless e-mails, notices and answers in forums, made up: they ask their reader for things that belong there."""

from __future__ import annotations

import random

OPENINGS = (
    "Hi {name},",
    "Dear customer,",
    "Hello {name},",
    "Dear {name},",
    "SUBJECT: {subject}|EMAIL_FROM: {shop} <news@shop.example>|CONTENT: Hi {name},",
    "SUBJECT: {subject}|EMAIL_FROM: {shop} <billing@shop.example>|RECEIVED DATE: Tue, 01 Feb 2022 01:36:09 +0000|CONTENT: ",
    "Hi there,",
    "Good morning,",
)
SUBJECTS = (
    "Your receipt",
    "Payment received",
    "Your order has shipped",
    "Password reset",
    "Meeting notes",
    "Product update",
    "Your booking",
    "Reminder: invoice due",
    "Security alert",
    "Welcome",
    "Weekly digest",
    "Action required: verify your email",
)
SHOPS = ("Northwind", "Contoso", "Bluebird Air", "Parcel Post", "Harbour Bank", "Lumen Energy", "Fern Books")
NAMES = ("David", "Maria", "Sam", "Priya", "Tom", "Chen", "Olga")
LETTER = (
    "Thank you for your order.",
    "Your payment of $45.00 has been received.",
    "If you have any questions, just reply to this email.",
    "You can track your parcel here.",
    "Click the button below to reset your password.",
    "If you did not request this, ignore this email.",
    "Please confirm your email address by clicking the link below.",
    "Your card ending in 4321 was charged for $105.29.",
    "To unsubscribe, click here.",
    "Please do not reply to this message.",
    "Need help? Contact support.",
    "View in browser.",
    "Let me know if Tuesday works for you.",
    "Could you send me the signed contract by Friday?",
    "Please find the invoice attached.",
    "Can we move our call to 3 pm?",
    "Have you had a chance to look at the draft?",
    "Please review and approve the expense report.",
    "Download your receipt as a PDF.",
    "Log in to your account to see the details.",
    "Please arrive 45 minutes before departure.",
    "Do you have all the documents you need to travel?",
    "Add this event to your calendar.",
    "Tell us how we did.",
    "What did you think of your stay?",
    "Share your feedback in our short survey.",
    "Sign up now and get 10% off your next order.",
    "Don't miss our summer sale.",
    "Your subscription renews on 1 March.",
    "We have updated our privacy policy.",
    "What's new this month?",
    "Read more on our blog.",
    "How do I change my plan?",
    "Follow us on social media.",
    "Update your payment method to keep your service.",
    "Never share your password with anybody.",
    "You're receiving this email because you signed up.",
    "Please forward this message to your accountant.",
    "Call us at 555-0100 if anything is unclear.",
    "Write back when you get a chance.",
    "I will send the figures tomorrow.",
    "See you next week.",
    "Best regards,",
    "The {shop} team",
    "Sent from my phone",
    "Amount due: $213.56",
    "Invoice ID: in_0KVnBvo2",
    "398 11th Street, San Francisco CA 94103",
    "© {shop} Inc.",
    "Privacy Policy | Terms | Help",
    "Reply STOP to opt out.",
    "Explore templates",
    "Learn more about your rewards.",
    "Book your next trip today.",
    "Invite a friend and earn $10.",
)
FORUM = (
    "You are getting this error because the list is empty.",
    "Try this:",
    "Use `line.strip()` instead.",
    "You can use the following code:",
    "Change the last line to this:",
    "Install the package first:",
    "Have you tried restarting the kernel?",
    "Which version are you using?",
    "Add this to your settings file:",
    "The solution is to convert the string to an integer.",
    "You need to import the module:",
    "Replace `df.append` with `pd.concat`:",
    "See the documentation for details.",
    "Run the following command:",
    "Here is an example:",
    "What does the stack trace say?",
    "Make sure that the file exists.",
    "Just use a list comprehension.",
    "Check the type of `x` before the loop.",
    "This should work:",
    "Note that the method was removed in version 2.",
    "To fix it, pass `index=[0]`:",
    "Could you post your code?",
    "Update your code like so:",
    "Remove the parentheses.",
    "You should make `x` a numpy array.",
    "Then call the function:",
    "Consider using a generator.",
    "Your function returns None.",
    "Hope this helps.",
    "Set the environment variable before you start:",
    "Write the file with `mode='w'`:",
    "Import it like this now:",
    "As the error says, `values` is not callable.",
    "Another option is to use `zip`:",
    "Output:",
    "Put the call inside the `if` block.",
    "If you want to keep the index, use this instead:",
    "Include both lines:",
    "Save the model with:",
)
CODE = (
    "import pandas as pd\n\ndf = pd.DataFrame({'A': [1], 'B': [2]})\nprint(df)",
    "for line in bug_file:\n    print(line.strip())",
    "pip install numpy==1.21",
    "x = np.array([1, 2, 3])",
    ">>> list(d.keys())\n['a', 'b']",
    "from sklearn.model_selection import train_test_split",
    "import torch\nimport torch.nn as nn",
    "import shutil\n\nshutil.rmtree(path)",
    "import requests\nr = requests.get(url)\nprint(r.json())",
    "import subprocess\nsubprocess.run(['ls', '-l'])",
    "os.environ['PATH']",
    "with open('a.txt') as f:\n    data = f.read()",
    "from urllib.request import urlopen\nhtml = urlopen(url).read().decode('utf-8')",
    "df = df.loc[:, ~df.columns.duplicated()]",
    "def test():\n    return sum(range(10))",
    "s = socket.socket()\ns.bind(('', 8080))\ns.listen()",
    "Traceback (most recent call last):\n  KeyError: 'a'",
)


def letter(rng: random.Random) -> str:
    """An e-mail or a notice."""
    parts = [rng.choice(OPENINGS), *rng.sample(LETTER, rng.randint(2, 9))]
    text = rng.choice(("\n", " ", "\n\n", "")).join(parts)
    for slot, values in (("{name}", NAMES), ("{subject}", SUBJECTS), ("{shop}", SHOPS)):
        text = text.replace(slot, rng.choice(values))
    return text


def answer(rng: random.Random) -> str:
    """An answer in a forum of programmers, with code where it announces some."""
    lines = []
    for sentence in rng.sample(FORUM, rng.randint(1, 5)):
        lines.append(sentence)
        if sentence.endswith(":") or rng.random() < 0.2:
            lines.append(f"```\n{rng.choice(CODE)}\n```")
    return "\n".join(lines)
