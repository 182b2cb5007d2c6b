# Makes multiple.tsv: q values by R's p.adjust(), and chances by prop.test() and pbeta().
# Rscript tests/core/stats/multiple.R >tests/core/stats/multiple.tsv
set.seed(20261129)
shown <- function(v) paste(sprintf("%.17g", v), collapse = ",")
row <- function(...) cat(paste(..., sep = "\t"), "\n", sep = "")
cat("# what\targuments\tvalues\n")
for (n in c(1, 2, 5, 30, 200)) {
	p <- round(runif(n)^3, 3) # ties among them
	row("bh", shown(p), shown(p.adjust(p, "BH")))
}
for (x in c(0, 3, 30, 100)) for (target in c(0.02, 0.3, 0.9))
	row("score", shown(c(x, 100, target)),
	    shown(suppressWarnings(prop.test(x, 100, target, correct = FALSE))$p.value))
for (p in c(0.03, 0.5, 0.97)) for (n in c(12.5, 3599.6)) for (target in c(0.02, 0.45, 0.96))
	row("beta", shown(c(p, n, target)), shown(min(1, 2 * pbeta(target, n * p, n * (1 - p) + 1),
		2 * pbeta(target, n * p + 1, n * (1 - p), lower.tail = FALSE))))
