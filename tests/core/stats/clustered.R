# Makes clustered.tsv: intervals of clustered trials by the R package survey, and quantiles by R
# itself. The trials are drawn here, from beta-binomial clusters of unequal size, so that nothing
# of it is anybody's data.  Rscript tests/core/stats/clustered.R >tests/core/stats/clustered.tsv
suppressMessages(library(survey))
set.seed(20261129)

shown <- function(v) paste(sprintf("%.17g", v), collapse = ",")
row <- function(...) cat(paste(..., sep = "\t"), "\n", sep = "")

cat("# what\targuments\tvalues\n")
for (case in 1:24) {
	clusters <- c(10, 12, 25, 60, 150, 400)[(case - 1) %% 6 + 1]
	rate <- c(0.5, 0.8, 0.93, 0.985)[(case - 1) %/% 6 + 1]
	rho <- c(0.02, 0.1, 0.3)[case %% 3 + 1]
	n <- 1 + rnbinom(clusters, mu = 40, size = 2)
	p <- rbeta(clusters, rate * (1 - rho) / rho, (1 - rate) * (1 - rho) / rho)
	x <- rbinom(clusters, n, p)
	if (sum(x) == sum(n)) next # without a miss there is no variance to tell
	trials <- data.frame(hit = unlist(mapply(function(x, n) rep(1:0, c(x, n - x)), x, n)),
			     cluster = rep(seq_along(n), n))
	design <- svydesign(ids = ~cluster, weights = ~1, data = trials)
	interval <- attr(svyciprop(~hit, design, method = "beta"), "ci")
	mean <- svymean(~hit, design)
	deff <- vcov(mean) / (coef(mean) * (1 - coef(mean)) / sum(n))
	row("clustered", shown(rbind(x, n)), shown(c(deff, interval)))
}
for (df in c(1, 2, 9, 24, 399, 1e4, 1e7)) row("t95", shown(df), shown(qt(0.975, df)))
for (df in c(1, 2, 11, 168)) for (x in c(0.1, 0.9, 1.5, 4) * df)
	row("chi_square_upper", shown(c(x, df)), shown(pchisq(x, df, lower.tail = FALSE)))
for (n in c(1, 30, 400, 1e5)) for (p in c(0.02, 0.5, 0.97)) for (q in c(0.001, 0.025, 0.975, 0.999))
	row("binom_quantile", shown(c(q, n, p)), shown(qbinom(q, n, p)))
