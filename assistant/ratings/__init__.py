"""What experts say of answers, from 1 to 5: the noun (`types`), where ratings are kept (`store`), as files (`rows`)."""
