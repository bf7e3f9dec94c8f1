"""Oracles for small tables: brute force, and formulas written out from the papers with loops and inverses."""

from __future__ import annotations

import numpy as np

from io_linkage.table import MRIOTable


def split_in_two(table, kind, share, factor, within):
    """Loss of output of both parts of every industry, (2n,), on the table in which each part is an industry."""
    n, x = len(table.index), table.accounts.x
    A = np.divide(table.accounts.Z, x, out=np.zeros((n, n)), where=x > 0)
    s = np.asarray(share, dtype=float)
    parts = np.vstack([np.diag(s), np.diag(1 - s)])
    wide, demand = np.hstack([parts @ A, parts @ A]), parts @ (x - table.accounts.Z.sum(axis=1))
    cut, cut_demand = np.zeros((2 * n, 2 * n)), np.zeros(2 * n)
    if kind == "complete":
        cut[:n], cut_demand[:n] = factor, factor
    elif kind == "backward":
        cut[:, :n] = factor
    else:
        cut[:n] = factor
    if kind != "complete" and within == "kept":
        cut[:n, :n] = 0.0
    return parts @ x - np.linalg.solve(np.eye(2 * n) - wide * (1 - cut), demand * (1 - cut_demand))


def brute_force(table, kind, share, factor, within):
    """Loss of output from solving the table without the extracted flows."""
    return split_in_two(table, kind, share, factor, within).reshape(2, -1).sum(axis=0)


class Literal:
    """All matrices of one table; value added is output less intermediate inputs unless v is given."""

    def __init__(self, table: MRIOTable, v: np.ndarray | None = None) -> None:
        self.A = np.array(table.system.A)
        x = table.accounts.x
        self.B = table.accounts.Z / np.where(x > 0, x, 1.0)[:, None]
        self.n, self.G = len(self.A), len(table.regions)
        codes = table.region_codes
        self.at = [np.flatnonzero(codes == r) for r in range(self.G)]
        self.off = [np.flatnonzero(codes != r) for r in range(self.G)]
        active = table.active
        self.v = np.where(active, 1 - self.A.sum(axis=0), 0) if v is None else v
        self.L = np.linalg.inv(np.eye(self.n) - self.A)
        self.Y = np.where(active[:, None], table.demand_by_region.to_numpy(), 0.0)
        self.x = self.L @ self.Y.sum(axis=1)

    def block(self, matrix: np.ndarray, s: int, r: int) -> np.ndarray:
        return matrix[np.ix_(self.at[s], self.at[r])]

    def M(self, r: int) -> np.ndarray:
        own = self.block(self.A, r, r)
        return np.linalg.inv(np.eye(len(own)) - own)

    def E(self, s: int, r: int) -> np.ndarray:
        return self.block(self.A, s, r) @ self.x[self.at[r]] + self.Y[self.at[s], r]

    def E_all(self, s: int) -> np.ndarray:
        return sum(self.E(s, r) for r in self.others(s))

    def others(self, *but: int) -> list[int]:
        return [r for r in range(self.G) if r not in but]

    def foreign(self, s: int, L: np.ndarray | None = None) -> np.ndarray:
        """Sum over t != s of v_t L_ts."""
        inverse = self.L if L is None else L
        return self.v[self.off[s]] @ inverse[np.ix_(self.off[s], self.at[s])]

    def wwz(self, s: int, r: int) -> dict[str, np.ndarray]:
        A, L, Y, v, at = self.A, self.L, self.Y, self.v, self.at
        Asr, Lrr = self.block(A, s, r), self.block(L, r, r)
        vs, vL, vM = v[at[s]], v[at[s]] @ self.block(L, s, s), v[at[s]] @ self.M(s)
        third = self.others(s, r)
        zero = np.zeros(len(at[r]))
        direct = v[at[r]] @ self.block(L, r, s)
        rest = sum((v[at[t]] @ self.block(L, t, s) for t in third), np.zeros(len(at[s])))
        local = Asr @ self.M(r)
        assert vs.shape == vM.shape

        def through(t: int, y: np.ndarray) -> np.ndarray:
            return self.block(L, r, t) @ y

        return {
            "DVA_FIN": vL * Y[at[s], r],
            "DVA_INT": vM * (Asr @ Lrr @ Y[at[r], r]),
            "DVA_INTrexI1": vM * (Asr @ sum((through(t, Y[at[t], t]) for t in third), zero)),
            "DVA_INTrexF": vM * (Asr @ Lrr @ sum((Y[at[r], t] for t in third), zero)),
            "DVA_INTrexI2": vM * (Asr @ sum((through(t, Y[at[t], u]) for t in third for u in self.others(s, t)), zero)),
            "RDV_INT": vM * (Asr @ through(s, Y[at[s], s])),
            "RDV_FIN": vM * (Asr @ Lrr @ Y[at[r], s]),
            "RDV_FIN2": vM * (Asr @ sum((through(t, Y[at[t], s]) for t in third), zero)),
            "OVA_FIN": rest * Y[at[s], r],
            "MVA_FIN": direct * Y[at[s], r],
            "OVA_INT": rest * (local @ Y[at[r], r]),
            "MVA_INT": direct * (local @ Y[at[r], r]),
            "DDC_FIN": vM * (Asr @ sum(through(s, Y[at[s], t]) for t in self.others(s))),
            "DDC_INT": (vL - vM) * (Asr @ self.x[at[r]]),
            "ODC": rest * (local @ self.E_all(r)),
            "MDC": direct * (local @ self.E_all(r)),
        }

    def kww(self, s: int) -> list[float]:
        A, L, Y, v, at = self.A, self.L, self.Y, self.v, self.at
        vs, others = v[at[s]], self.others(s)
        foreign = self.foreign(s)
        back = [vs @ self.block(L, s, r) @ self.block(A, r, s) @ self.M(s) for r in others]
        on = [foreign @ self.block(A, s, r) @ self.M(r) for r in others]
        return [
            sum(vs @ self.block(L, s, s) @ Y[at[s], r] for r in others),
            sum(vs @ self.block(L, s, r) @ Y[at[r], r] for r in others),
            sum(vs @ self.block(L, s, r) @ Y[at[r], t] for r in others for t in self.others(s, r)),
            sum(vs @ self.block(L, s, r) @ Y[at[r], s] for r in others),
            sum(b @ Y[at[s], s] for b in back),
            sum(b @ self.E_all(s) for b in back),
            sum(foreign @ Y[at[s], r] for r in others),
            sum(o @ Y[at[r], r] for o, r in zip(on, others, strict=True)),
            sum(o @ self.E_all(r) for o, r in zip(on, others, strict=True)),
        ]

    def without_exports(self, s: int) -> np.ndarray:
        """Inverse of I - A without the exports of inputs by s."""
        A = self.A.copy()
        A[np.ix_(self.at[s], self.off[s])] = 0
        return np.linalg.inv(np.eye(self.n) - A)

    def borin_mancini(self, s: int, r: int, approach: str) -> np.ndarray:
        """Twelve terms by exporting industry."""
        cut, v, at, Y = self.without_exports(s), self.v, self.at, self.Y
        local = self.block(self.A, s, r) @ self.M(r)
        on = self.A[at[r]].copy()
        on[:, at[r]] = 0
        if approach == "source":
            output = self.L @ Y
            home, foreign = v[at[s]] @ self.block(cut, s, s), self.foreign(s, cut)
        else:
            kept = Y.copy()
            kept[np.ix_(at[s], self.others(s))] = 0
            output = cut @ kept
            home, foreign = v[at[s]] @ self.block(self.L, s, s), self.foreign(s)
        flows = [
            Y[at[s], r],
            local @ Y[at[r], r],
            local @ sum((Y[at[r], j] for j in self.others(r, s)), np.zeros(len(at[r]))),
            local @ on @ sum(output[:, k] for k in self.others(s)),
            local @ Y[at[r], s],
            local @ on @ output[:, s],
        ]
        if approach == "source":
            again = (v[at[s]] @ self.block(self.L - cut, s, s)) * self.E(s, r)
            foreign_again = self.foreign(s, self.L - cut) * self.E(s, r)
        else:
            loop = local @ on @ cut[:, at[s]] @ self.E_all(s)
            again, foreign_again = home * loop, foreign * loop
        abroad = [flows[0], flows[1], flows[2] + flows[4], flows[3] + flows[5]]
        return np.column_stack([*(home * f for f in flows), again, *(foreign * f for f in abroad), foreign_again])

    def extracted(self, s: int, r: int, what: str) -> float:
        """GDP that s loses when something of r is taken out of the table, by making the table again."""
        A, Y = self.A.copy(), self.Y.copy()
        if what == "VAX_D":
            A[np.ix_(self.at[s], self.at[r])] = 0
            Y[self.at[s], r] = 0
        elif what == "VAX_P":
            Y[self.at[r]] = 0
        elif what == "VAX_C":
            Y[:, r] = 0
        elif what == "all exports":
            A[np.ix_(self.at[s], self.off[s])] = 0
            Y[np.ix_(self.at[s], self.others(s))] = 0
        x = np.linalg.inv(np.eye(self.n) - A) @ Y.sum(axis=1)
        return float(self.v[self.at[s]] @ (self.x - x)[self.at[s]])
