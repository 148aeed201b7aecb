"""The role that lets this server look into an AWS account: its template, and the link that makes it. Pure."""

from typing import Final
from urllib.parse import urlencode

CONSOLE: Final = "https://console.aws.amazon.com/cloudformation/home"
STACK: Final = "aurora-rt-read-only"
_TEMPLATE: Final = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: Lets Aurora RT look into this account. It may read, and change nothing.
Parameters:
  AuroraAccountId:
    Type: String
    Description: The AWS account that Aurora RT runs as.
    Default: "{account}"
    AllowedPattern: "[0-9]{{12}}"
  ExternalId:
    Type: String
    Description: What Aurora RT shows of itself each time; nobody else knows it.
    Default: "{external_id}"
    MinLength: 20
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Description: Aurora RT looks into this account with it.
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub "arn:${{AWS::Partition}}:iam::${{AuroraAccountId}}:root"
            Action: sts:AssumeRole
            Condition:
              StringEquals:
                sts:ExternalId: !Ref ExternalId
      ManagedPolicyArns:
        - !Sub "arn:${{AWS::Partition}}:iam::aws:policy/ReadOnlyAccess"
      Policies:
        - PolicyName: no-secrets
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Action:
                  - secretsmanager:GetSecretValue
                  - ssm:GetParameter*
                  - s3:GetObject*
                  - dynamodb:GetItem
                  - dynamodb:BatchGetItem
                  - dynamodb:Query
                  - dynamodb:Scan
                  - kms:Decrypt
                Resource: "*"
Outputs:
  RoleArn:
    Description: Enter this as the role.
    Value: !GetAtt Role.Arn
"""


def template(account: str, external_id: str) -> str:
    """A template of CloudFormation that makes the role."""
    return _TEMPLATE.format(account=account, external_id=external_id)


def quick_create(template_url: str, region: str, account: str, external_id: str) -> str:
    """Where CloudFormation makes it with a click; without a template in S3, where one is uploaded.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    if not template_url:
        return f"{CONSOLE}?{urlencode({'region': region})}#/stacks/create"
    asked = {
        "templateURL": template_url,
        "stackName": STACK,
        "param_AuroraAccountId": account,
        "param_ExternalId": external_id,
    }
    return f"{CONSOLE}?{urlencode({'region': region})}#/stacks/quickcreate?{urlencode(asked)}"
