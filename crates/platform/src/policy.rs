//! The policy in force: kept in the register, changed by two people, effective without a restart.

use std::sync::{Arc, PoisonError};

use casework::{Actor, Policy, ProposalId};
use serde::{Deserialize, Serialize};

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::Tx,
    proposal::{POLICY, PolicyProposal, Proposed},
};

/// The policy as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    policy: Policy,
}

impl Platform {
    /// The settings of the process as they are in force now. Take it once for one act or page.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy_and_version().0
    }

    /// The policy in force, and its version: 0 while none was released on the platform.
    pub fn policy_and_version(&self) -> (Arc<Policy>, u32) {
        // A poisoned lock still holds a whole policy: it is only ever replaced by another.
        let held = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&held.0), held.1)
    }

    /// Takes up a policy that was released meanwhile, here or by another process.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn refresh_policy(&self) -> Result<()> {
        let mut tx = self.store.read().await?;
        if let Some(kept) = kept(tx.as_mut()).await?
            && kept.version != self.policy_and_version().1
        {
            let mut held = self.policy.write().unwrap_or_else(PoisonError::into_inner);
            *held = (Arc::new(kept.policy), kept.version);
        }
        Ok(())
    }

    /// Proposes another policy (system administrator).
    ///
    /// # Errors
    /// `wrong_role`, `policy_unchanged`, `proposal_waiting`.
    pub async fn propose_policy(
        &self,
        actor: &Actor,
        policy: Policy,
        reason: &str,
    ) -> Result<ProposalId> {
        let (former, from_version) = self.policy_and_version();
        let proposal = PolicyProposal {
            from_version,
            former: Box::new(Policy::clone(&former)),
            policy: Box::new(policy),
        };
        if proposal.changes().is_empty() {
            return Err(Error::refused("policy_unchanged", "没有改动任何设置。"));
        }
        let mut tx = self.store.begin().await?;
        let id = self
            .propose(tx.as_mut(), actor, Proposed::Policy(proposal), reason)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(crate) async fn keep_policy(&self, tx: &mut dyn Tx, change: &PolicyProposal) -> Result<()> {
        let version = kept(tx).await?.map_or(0, |kept| kept.version);
        if version != change.from_version {
            return Err(Error::refused(
                "policy_changed_meanwhile",
                "提请之后规则已有其他变更，请系统管理员按现行规则重新提请。",
            ));
        }
        let kept = Kept {
            version: version + 1,
            policy: Policy::clone(&change.policy),
        };
        let text = serde_json::to_string(&kept).map_err(|e| Error::internal("serialising", e))?;
        Ok(tx.setting_put(POLICY, &text).await?)
    }
}

async fn kept(tx: &mut dyn Tx) -> Result<Option<Kept>> {
    let text = tx.setting(POLICY).await?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|e| Error::internal("reading the policy", e))
    })
    .transpose()
}
