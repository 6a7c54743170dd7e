// The demo accounts, as the first start prints them (crates/platform/src/demo.rs).

export const PASSWORD = "Yinxin-Demo-2026";

export const accounts = {
  countyAgent: "xian-jingban",
  countyApprover: "xian-shenpi",
  cityAgent: "shi-jingban",
  cityApprover: "shi-shenpi",
  provinceAgent: "sheng-jingban",
  provinceApprover: "sheng-shenpi",
  pingtanAgent: "pingtan-jingban",
  pingtanApprover: "pingtan-shenpi",
  consolidator: "huizong",
  pingtanConsolidator: "pingtan-huizong",
  maker: "zhizuo",
  reviewer: "shenhe",
  leader: "lingdao",
  systemAdministrator: "xitong",
  securityAdministrator: "anquan",
  auditor: "shenji",
};
